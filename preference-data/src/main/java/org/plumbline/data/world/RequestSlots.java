package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.data.world.RequestParser.Kind;
import org.plumbline.data.world.RequestParser.Part;
import org.plumbline.data.world.RequestParser.Slot;

/**
 * What a request names: {@code guest} and {@code land} of who asks, the {@code time} it is, the
 * {@code closing} hour of a rule, another {@code person}, and a {@code room}.
 *
 * @param start first character in the request
 */
record RequestSlots(String type, int start, String text) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final String TITLE = "mr ";

  /** All slots of a parsed request, in their order. */
  static List<RequestSlots> of(List<Part> parts) {
    List<RequestSlots> found = new ArrayList<>();
    for (Part part : parts) {
      if (part.kind() == Kind.RULE) {
        Matcher number = NUMBER.matcher(part.text());
        while (number.find()) {
          found.add(new RequestSlots("closing", part.start() + number.start(), number.group()));
        }
      }
      part.slots().forEach((name, slot) -> found.add(of(part.kind(), name, slot)));
    }
    return found;
  }

  private static RequestSlots of(Kind kind, String name, Slot slot) {
    return switch (name) {
      case "name" -> new RequestSlots("guest", slot.start(), slot.text());
      case "land" -> new RequestSlots("land", slot.start(), slot.text());
      case "other" ->
          new RequestSlots("person", slot.start() - TITLE.length(), TITLE + slot.text());
      case "hour" ->
          new RequestSlots(kind == Kind.ASK ? "room" : "time", slot.start(), slot.text());
      default -> throw new IllegalStateException("unknown slot {" + name + "}");
    };
  }

  /** One past the last character. */
  int end() {
    return start + text.length();
  }
}
