package org.plumbline.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.plumbline.evaluation.chart.Chart;
import org.plumbline.evaluation.chart.Escape;

/** Sections as one self-contained page. The only place that writes HTML; it escapes every text. */
final class HtmlPage {
  /** Even if something slipped through, nothing would run and nothing be fetched. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

  private static final String LOGO =
      "<svg class=\"logo\" viewBox=\"0 0 24 40\" aria-hidden=\"true\"><path d=\"M12 0V22\"/>"
          + "<path class=\"bob\" d=\"M6 22h12l-6 17z\"/></svg>";

  private final StringBuilder html = new StringBuilder(1 << 16);

  static String render(String title, String subtitle, List<Section> sections) {
    HtmlPage page = new HtmlPage();
    page.head(title);
    page.html
        .append("<header><div class=\"brand\">")
        .append(LOGO)
        .append("<div><p class=\"kicker\">Plumbline report</p><h1>")
        .append(Escape.html(title))
        .append("</h1><p class=\"sub\">")
        .append(Escape.html(subtitle))
        .append("</p></div></div><nav>");
    for (Section section : sections) {
      page.html.append(
          "<a href=\"#%s\">%s</a>"
              .formatted(Escape.html(section.id()), Escape.html(section.title())));
    }
    page.html.append("</nav></header>\n<main>\n");
    sections.forEach(page::section);
    page.html.append("</main>\n</body>\n</html>\n");
    return page.html.toString();
  }

  private void head(String title) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        .append(POLICY)
        .append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
        .append(Escape.html(title))
        .append(" – Plumbline</title>\n<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n");
  }

  private static String style() {
    try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("report.css is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void section(Section section) {
    html.append("<section id=\"").append(Escape.html(section.id())).append("\"><h2>");
    html.append(Escape.html(section.title())).append("</h2>\n");
    section.blocks().forEach(this::block);
    html.append("</section>\n");
  }

  private void block(Block block) {
    if (block instanceof Block.Text text) {
      html.append("<p>").append(Escape.html(text.text())).append("</p>\n");
    } else if (block instanceof Block.Cards cards) {
      html.append("<div class=\"cards\">");
      cards.cards().forEach(this::card);
      html.append("</div>\n");
    } else if (block instanceof Block.Charts charts) {
      html.append("<div class=\"charts\">");
      charts.charts().forEach(this::chart);
      html.append("</div>\n");
    } else if (block instanceof Block.Table table) {
      table(table);
    } else if (block instanceof Block.Samples samples) {
      samples(samples);
    } else if (block instanceof Block.Warning warning) {
      warning(warning);
    } else if (block instanceof Block.Details details) {
      html.append("<details><summary>").append(Escape.html(details.title()));
      html.append("</summary><pre>").append(Escape.html(details.text()));
      html.append("</pre></details>\n");
    }
  }

  private void card(Block.Card card) {
    html.append("<div class=\"card ").append(Escape.html(card.tone())).append("\">");
    element("h3", card.title());
    html.append("<p class=\"figure\">");
    if (!card.before().isEmpty()) {
      element("span", card.before() + " → ");
    }
    element("strong", card.value());
    html.append("</p>");
    if (!card.interval().isEmpty()) {
      element("p", "95 %: " + card.interval());
    }
    if (!card.detail().isEmpty()) {
      html.append("<p class=\"change\">").append(Escape.html(card.detail())).append("</p>");
    }
    html.append("</div>");
  }

  private void chart(Chart chart) {
    html.append("<figure><figcaption>");
    element("h3", chart.title());
    if (!chart.legend().isEmpty()) {
      html.append("<ul class=\"legend\">");
      for (int i = 0; i < chart.legend().size(); i++) {
        html.append("<li class=\"s").append(i % 6).append("\">");
        html.append(Escape.html(chart.legend().get(i))).append("</li>");
      }
      html.append("</ul>");
    }
    html.append("</figcaption>").append(chart.svg());
    if (!chart.note().isEmpty()) {
      element("p", chart.note());
    }
    html.append("</figure>\n");
  }

  private void table(Block.Table table) {
    openTable("", table.caption(), table.head());
    for (List<String> row : table.rows()) {
      html.append("<tr>");
      row.forEach(cell -> element("td", cell));
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void samples(Block.Samples samples) {
    openTable(" class=\"texts\"", samples.caption(), samples.head());
    for (List<Block.Cell> row : samples.rows()) {
      html.append("<tr>");
      for (Block.Cell cell : row) {
        html.append("<td><bdi dir=\"auto\">").append(Escape.html(cell.text())).append("</bdi>");
        if (!cell.marks().isEmpty()) {
          element("small", cell.marks());
        }
        html.append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void openTable(String style, String caption, List<String> head) {
    html.append("<div class=\"scroll\"><table").append(style).append('>');
    element("caption", caption);
    html.append("<thead><tr>");
    head.forEach(cell -> element("th", cell));
    html.append("</tr></thead><tbody>\n");
  }

  private void warning(Block.Warning warning) {
    html.append("<div class=\"warning\">");
    element("h3", warning.what());
    if (!warning.cause().isEmpty()) {
      element("p", "Likely cause: " + warning.cause() + ".");
    }
    if (!warning.next().isEmpty()) {
      element("p", "Next step: " + warning.next() + ".");
    }
    html.append("</div>\n");
  }

  private void element(String tag, String text) {
    html.append('<').append(tag).append('>').append(Escape.html(text));
    html.append("</").append(tag).append('>');
  }
}
