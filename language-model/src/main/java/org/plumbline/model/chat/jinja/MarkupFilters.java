package org.plumbline.model.chat.jinja;

import java.util.Map;
import java.util.regex.Pattern;

/** Filters around HTML. Nothing is escaped unless a template asks for it. */
final class MarkupFilters {
  private static final Pattern NO_ATTRIBUTE = Pattern.compile("[\\s/>=]");

  private MarkupFilters() {}

  static void addTo(Map<String, Filters.Filter> filters) {
    Filters.putPlain(
        filters, "safe", (execution, value) -> new Markup(PythonText.str(execution, value)));
    Filters.putPlain(filters, "e", Markup::escaped);
    Filters.putPlain(filters, "escape", Markup::escaped);
    Filters.putPlain(
        filters,
        "forceescape",
        (execution, value) -> Markup.escaped(execution, PythonText.str(execution, value)));
    Filters.putPlain(filters, "striptags", MarkupFilters::stripped);
    filters.put("xmlattr", MarkupFilters::attributes);
  }

  private static String stripped(Execution execution, Object value) {
    String text = without(without(PythonText.str(execution, value), "<!--", "-->"), "<", ">");
    return String.join(" ", StringMethods.stripped(text, "", true, true).split("\\s+"))
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  /** Without what lies between these marks, themselves included. */
  private static String without(String text, String open, String close) {
    StringBuilder kept = new StringBuilder();
    int at = 0;
    for (int from = text.indexOf(open); from >= 0; from = text.indexOf(open, at)) {
      int to = text.indexOf(close, from);
      if (to < 0) {
        break;
      }
      kept.append(text, at, from);
      at = to + close.length();
    }
    return kept.append(text.substring(at)).toString();
  }

  private static Object attributes(Execution execution, Object value, Arguments arguments) {
    if (!(value instanceof Map<?, ?> dict)) {
      throw PythonError.type("xmlattr needs a mapping, not '%s'", Types.name(value));
    }
    TextBuffer text = new TextBuffer(execution);
    boolean space = Truth.of(arguments.bind("xmlattr", 0, "autospace").get("autospace", true));
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (entry.getValue() == None.NONE || entry.getValue() instanceof Undefined) {
        continue;
      }
      String key = PythonText.requireText(entry.getKey());
      if (NO_ATTRIBUTE.matcher(key).find()) {
        throw PythonError.value("Invalid character in attribute name: '%s'", key);
      }
      text.append(space ? " " : "").append(Markup.escaped(execution, key).text());
      text.append("=\"").append(Markup.escaped(execution, entry.getValue()).text()).append("\"");
      space = true;
    }
    return text.toString();
  }
}
