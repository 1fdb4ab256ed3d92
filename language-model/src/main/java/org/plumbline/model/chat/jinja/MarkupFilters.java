package org.plumbline.model.chat.jinja;

import java.util.Map;
import java.util.regex.Pattern;

/** Filters around HTML. Nothing is escaped unless a template asks for it. */
final class MarkupFilters {
  private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
  private static final Pattern TAG = Pattern.compile("<[^>]*>");
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
    String text = PythonText.str(execution, value);
    String bare = TAG.matcher(COMMENT.matcher(text).replaceAll("")).replaceAll("");
    String joined = String.join(" ", bare.strip().split("\\s+"));
    return joined
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
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
