package org.plumbline.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of models, data and configs never become markup of the report. */
class HostileTextTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([A-Za-z!?][^\\s/>]*)([^>]*)>");
  private static final Pattern ATTRIBUTE = Pattern.compile("\\s([A-Za-z:-]+)=(\"[^\"]*\"|'[^']*')");
  private static final Set<String> TAGS =
      Set.of(
          "!DOCTYPE",
          "html",
          "head",
          "meta",
          "title",
          "style",
          "body",
          "header",
          "main",
          "nav",
          "section",
          "div",
          "p",
          "h1",
          "h2",
          "h3",
          "a",
          "span",
          "strong",
          "small",
          "bdi",
          "ul",
          "li",
          "figure",
          "figcaption",
          "table",
          "caption",
          "thead",
          "tbody",
          "tr",
          "th",
          "td",
          "details",
          "summary",
          "pre",
          "svg",
          "path",
          "line",
          "text",
          "circle",
          "rect");
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "lang",
          "charset",
          "http-equiv",
          "content",
          "name",
          "class",
          "id",
          "href",
          "dir",
          "viewBox",
          "aria-hidden",
          "aria-label",
          "role",
          "xmlns",
          "d",
          "x",
          "y",
          "x1",
          "x2",
          "y1",
          "y2",
          "cx",
          "cy",
          "r",
          "rx",
          "width",
          "height",
          "transform");

  @TempDir Path directory;

  @Test
  void hostileTextsStayTexts() throws IOException {
    List<String> all = hostile();
    assertThat(all).hasSizeGreaterThanOrEqualTo(200);
    for (int from = 0; from < all.size(); from += 20) {
      String hostile = String.join("\n", all.subList(from, Math.min(from + 20, all.size())));
      FakeRun run = FakeRun.whole(directory, hostile);
      String html = Files.readString(ReportWriter.write(run.directory, hostile));
      Matcher tags = TAG.matcher(html.replaceAll("(?s)<style>.*?</style>", ""));
      Set<String> strange = new TreeSet<>();
      while (tags.find()) {
        if (!TAGS.contains(tags.group(2))) {
          strange.add(tags.group(2));
        }
        Matcher attributes = ATTRIBUTE.matcher(tags.group(3));
        while (attributes.find()) {
          boolean link = attributes.group(1).equals("href");
          if (!ATTRIBUTES.contains(attributes.group(1))
              || link && !attributes.group(2).startsWith("\"#")) {
            strange.add(attributes.group());
          }
        }
      }
      assertThat(strange).as(hostile).isEmpty();
    }
  }

  private static List<String> hostile() {
    List<String> bodies =
        List.of(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<iframe src=javascript:alert(1)>",
            "<a href=javascript:alert(1)>x</a>",
            "<body onload=alert(1)>",
            "<details open ontoggle=alert(1)>",
            "<math><mi xlink:href=javascript:alert(1)>",
            "<style>@import 'http://e'</style>",
            "<link rel=stylesheet href=//e>",
            "<meta http-equiv=refresh content=0>",
            "<base href=//e>",
            "<form action=//e><input>",
            "<object data=x>",
            "<embed src=x>",
            "<video src=x onerror=alert(1)>",
            "<!--<script>alert(1)</script>-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<template><script>x</script></template>");
    List<String> frames =
        List.of(
            "%s",
            "\"%s",
            "'%s",
            "\">%s",
            "'>%s",
            "</td>%s",
            "</title>%s",
            "</style>%s",
            "</pre></details>%s",
            "</text></svg>%s");
    List<String> all = new ArrayList<>();
    for (String body : bodies) {
      for (String frame : frames) {
        all.add(frame.replace("%s", body));
      }
    }
    all.add("\" onmouseover=\"alert(1)");
    all.add("' onmouseover='alert(1)");
    all.add("{{constructor.constructor('alert(1)')()}}");
    all.add("&lt;script&gt;alert(1)&lt;/script&gt;");
    all.add("\u202e<script>\u2066alert(1)");
    all.add("<\u0000script>alert(1)</script>");
    return all;
  }
}
