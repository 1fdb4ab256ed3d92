package org.plumbline.stage.config;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values from the command line, written into the YAML tree before it is read, so that they follow
 * the same rules and an unknown key is the reader's error with the nearest key.
 */
public final class Overrides {
  private Overrides() {}

  /**
   * Applies {@code --set NAME.key=value} options.
   *
   * @param sections the recipe's sections by stage name ({@code run} among them, if wanted)
   * @param options the texts behind {@code --set}, in order; a later one wins
   * @param problems takes malformed options and unknown stage names
   * @return the sections with the values set, in the same order
   */
  public static Map<String, YamlNode.Mapping> apply(
      Map<String, YamlNode.Mapping> sections, List<String> options, ConfigProblems problems) {
    Map<String, YamlNode.Mapping> changed = new LinkedHashMap<>(sections);
    for (String option : options) {
      Place place = Place.commandLine("--set " + option);
      int equals = option.indexOf('=');
      String target = equals < 0 ? option : option.substring(0, equals);
      if (equals < 0 || target.indexOf('.') < 1 || target.endsWith(".")) {
        problems.add("", place, "needs the form NAME.key=value");
        continue;
      }
      try {
        put(changed, target, value(place, option.substring(equals + 1)), place, problems);
      } catch (ConfigException e) {
        problems.addAll(e);
      }
    }
    return changed;
  }

  /**
   * Sets one key of the sections, in place of what stands there.
   *
   * @param target {@code NAME.key}
   * @param place where the value stands; one of the command line takes the place of others
   */
  public static void put(
      Map<String, YamlNode.Mapping> sections,
      String target,
      YamlNode value,
      Place place,
      ConfigProblems problems) {
    Optional<String> stage =
        sections.keySet().stream()
            .filter(name -> target.startsWith(name + "."))
            .max(Comparator.comparingInt(String::length));
    if (stage.isEmpty()) {
      problems.add("", place, unknownStage(target, sections));
      return;
    }
    String name = stage.get();
    String key = target.substring(name.length() + 1);
    sections.computeIfPresent(name, (n, s) -> set(s, n, key, value, place, problems));
  }

  /**
   * Applies one flag of a stage command, such as {@code --batch-size 8} or {@code --kl.beta 0.1};
   * TRL's spelling {@code --per_device_train_batch_size} is the same flag.
   *
   * @param name the stage's name, for messages
   */
  public static YamlNode.Mapping flag(
      YamlNode.Mapping section, String name, String flag, String value, ConfigProblems problems) {
    Place place = Place.commandLine(flag + " " + value);
    try {
      return set(section, name, KeyNames.ofFlag(flag), value(place, value), place, problems);
    } catch (ConfigException e) {
      problems.addAll(e);
      return section;
    }
  }

  private static YamlNode.Mapping set(
      YamlNode.Mapping section,
      String name,
      String key,
      YamlNode value,
      Place place,
      ConfigProblems problems) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return new AliasRewriter(problems)
        .put(section, key, new YamlNode.Entry(last, place, value), name);
  }

  private static YamlNode value(Place place, String text) {
    boolean comment = text.isBlank() || text.stripLeading().startsWith("#");
    return comment ? new YamlNode.Scalar(place, text, true) : LocatedYaml.parseAt(place, text);
  }

  private static String unknownStage(String target, Map<String, YamlNode.Mapping> sections) {
    String typed = target.substring(0, Math.max(0, target.indexOf('.')));
    return "names no stage \"%s\"; %s"
        .formatted(
            typed,
            KeyNames.nearest(typed, sections.keySet())
                .map(near -> "did you mean " + near + "?")
                .orElseGet(() -> "stages: " + String.join(", ", sections.keySet())));
  }
}
