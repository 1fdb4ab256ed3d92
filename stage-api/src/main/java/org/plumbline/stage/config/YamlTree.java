package org.plumbline.stage.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;
import org.yaml.snakeyaml.events.StreamStartEvent;

/**
 * Builds the located tree straight from parser events, so that limits bite before anything large
 * exists. Aliases share their node; the values they stand for are counted as if written out.
 */
final class YamlTree {
  static final int MAX_ALIASES = 50;
  static final int MAX_DEPTH = 50;
  static final int MAX_VALUES = 20_000;

  private final String source;
  private final Iterator<Event> events;
  private final @Nullable Place fixed;
  private final Map<String, YamlNode> anchors = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();
  private int aliases;
  private int values;

  YamlTree(String source, Iterator<Event> events, @Nullable Place fixed) {
    this.source = source;
    this.events = events;
    this.fixed = fixed;
  }

  /** The only document; empty when there is none. */
  Optional<YamlNode> document() {
    Optional<YamlNode> root = Optional.empty();
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent) {
        if (root.isPresent()) {
          throw failure(event, "holds a second document (---); one file is one document");
        }
        root = Optional.of(node(events.next(), 0));
      } else if (!(event instanceof DocumentEndEvent
          || event instanceof StreamStartEvent
          || event instanceof StreamEndEvent)) {
        throw failure(event, "unexpected " + event.getEventId());
      }
    }
    return root;
  }

  private YamlNode node(Event event, int depth) {
    if (depth > MAX_DEPTH) {
      throw failure(event, "nests deeper than %d levels".formatted(MAX_DEPTH));
    }
    if (event instanceof AliasEvent alias) {
      return aliased(alias);
    }
    refuseTag(event);
    int before = values;
    count(event, 1);
    YamlNode node;
    if (event instanceof ScalarEvent scalar) {
      node = new YamlNode.Scalar(place(event), scalar.getValue(), scalar.isPlain());
    } else if (event instanceof MappingStartEvent) {
      node = mapping(event, depth);
    } else {
      node = sequence(event, depth);
    }
    String anchor = ((NodeEvent) event).getAnchor();
    if (anchor != null) {
      anchors.put(anchor, node);
      sizes.put(anchor, values - before);
    }
    return node;
  }

  private YamlNode aliased(AliasEvent alias) {
    YamlNode target = anchors.get(alias.getAnchor());
    if (target == null) {
      throw failure(
          alias,
          "alias *%s refers to itself or to no anchor above it".formatted(alias.getAnchor()));
    }
    if (++aliases > MAX_ALIASES) {
      throw failure(alias, "more than %d aliases".formatted(MAX_ALIASES));
    }
    count(alias, sizes.getOrDefault(alias.getAnchor(), 1));
    return target;
  }

  private YamlNode.Sequence sequence(Event start, int depth) {
    List<YamlNode> items = new ArrayList<>();
    Event event = events.next();
    while (!(event instanceof SequenceEndEvent)) {
      items.add(node(event, depth + 1));
      event = events.next();
    }
    return new YamlNode.Sequence(place(start), items);
  }

  private YamlNode.Mapping mapping(Event start, int depth) {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    List<YamlNode> merged = new ArrayList<>();
    Event event = events.next();
    while (!(event instanceof MappingEndEvent)) {
      if (!(node(event, depth + 1) instanceof YamlNode.Scalar key)) {
        throw failure(event, "a key must be a word, not a list or section");
      }
      YamlNode value = node(events.next(), depth + 1);
      if (key.plain() && key.text().equals("<<")) {
        merged.add(value);
      } else {
        YamlNode.Entry entry = new YamlNode.Entry(key.text(), place(event), value);
        YamlNode.Entry earlier = entries.putIfAbsent(key.text(), entry);
        if (earlier != null) {
          throw failure(
              event,
              "key %s stands twice, first on line %d; remove one"
                  .formatted(key.text(), earlier.place().line()));
        }
      }
      event = events.next();
    }
    merged.forEach(value -> merge(start, value, entries));
    return new YamlNode.Mapping(place(start), entries);
  }

  /** YAML's merge key: keys of the merged section apply where the section itself has none. */
  private void merge(Event start, YamlNode value, Map<String, YamlNode.Entry> entries) {
    if (value instanceof YamlNode.Mapping section) {
      section.entries().forEach(entries::putIfAbsent);
    } else if (value instanceof YamlNode.Sequence list) {
      list.items().forEach(item -> merge(start, item, entries));
    } else {
      throw failure(start, "<<: needs a section or a list of sections, found " + value.found());
    }
  }

  private void refuseTag(Event event) {
    String tag = null;
    if (event instanceof ScalarEvent scalar) {
      tag = scalar.getTag();
    } else if (event instanceof CollectionStartEvent collection) {
      tag = collection.getTag();
    }
    if (tag != null) {
      throw failure(
          event,
          "holds the tag %s; tags are not allowed, write the plain value"
              .formatted(tag.replace("tag:yaml.org,2002:", "!!")));
    }
  }

  private void count(Event event, int more) {
    values += more;
    if (values > MAX_VALUES) {
      throw failure(event, "holds more than %d values, aliases expanded".formatted(MAX_VALUES));
    }
  }

  private Place place(Event event) {
    return fixed != null ? fixed : new Place(source, line(event));
  }

  private static int line(Event event) {
    return event.getStartMark() == null ? 0 : event.getStartMark().getLine() + 1;
  }

  private ConfigException failure(Event event, String message) {
    Place place = place(event);
    return LocatedYaml.failure(place.source(), place.line(), message);
  }
}
