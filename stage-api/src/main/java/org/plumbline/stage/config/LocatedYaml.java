package org.plumbline.stage.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Reads YAML into a {@link YamlNode}, and nothing else: no class is ever made from a tag, aliases
 * are bounded, sizes and depth are limited, a key stands only once.
 */
public final class LocatedYaml {
  /** No recipe comes near this size. */
  static final int MAX_BYTES = 1 << 20;

  private LocatedYaml() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException when it is absent, unreadable, no UTF-8 or no plain YAML
   */
  public static YamlNode read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw failure(file.toString(), 0, "is a directory; a YAML file is needed");
      }
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw failure(
            file.toString(), 0, "has %d bytes; at most %d are read".formatted(size, MAX_BYTES));
      }
      return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw failure(file.toString(), 0, "does not exist; check the path and the working directory");
    } catch (CharacterCodingException e) {
      throw failure(file.toString(), 0, "is not UTF-8 text; save it as UTF-8");
    } catch (IOException e) {
      throw failure(file.toString(), 0, "cannot be read: " + e.getMessage());
    }
  }

  /**
   * Reads YAML text.
   *
   * @param source what messages call it
   * @return an empty section for text without content
   */
  public static YamlNode parse(String source, String text) {
    return parse(source, text, new Place(source, 1), false);
  }

  /** Reads YAML text given at one place, such as a default or a command-line value. */
  static YamlNode parseAt(Place place, String text) {
    return parse(place.source(), text, place, true);
  }

  private static YamlNode parse(String source, String text, Place start, boolean fixedPlace) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(YamlTree.MAX_ALIASES);
    options.setNestingDepthLimit(YamlTree.MAX_DEPTH);
    Yaml yaml =
        new Yaml(
            new SafeConstructor(options),
            new Representer(new DumperOptions()),
            new DumperOptions(),
            options);
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      Iterator<Event> events = yaml.parse(new StringReader(content)).iterator();
      YamlTree tree = new YamlTree(source, events, fixedPlace ? start : null);
      return tree.document().orElseGet(() -> YamlNode.emptySection(start));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw failure(source, fixedPlace ? 0 : line, "is not valid YAML: " + plain(e));
    } catch (YAMLException e) {
      throw failure(source, 0, "is not valid YAML: " + e.getMessage());
    }
  }

  private static String plain(MarkedYAMLException e) {
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    String hint =
        String.valueOf(e.getProblem()).contains("\\t") ? " (indent with spaces, not tabs)" : "";
    return context + e.getProblem() + hint;
  }

  static ConfigException failure(String source, int line, String message) {
    return new ConfigException(
        java.util.List.of(new ConfigProblem("", new Place(source, line), message)));
  }
}
