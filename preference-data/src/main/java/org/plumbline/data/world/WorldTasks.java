package org.plumbline.data.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.data.world.RequestParser.Kind;
import org.plumbline.data.world.RequestParser.Part;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.stage.UserException;

/**
 * Supervised tasks over the requests of a sample world: which intent, which slots, and answers to
 * questions. Everything is read off the words of the request; the truth stays closed. Of a request
 * rendered for several groups one rendering counts, each group's in turn, so that rows are
 * independent.
 */
public final class WorldTasks {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+|[^\\s]");

  private WorldTasks() {}

  /** Requests with the label of what is asked for. */
  public static List<LabelledText> intents(Path world, WorldSplit split) throws IOException {
    List<LabelledText> rows = new ArrayList<>();
    for (Parsed request : requests(world, split)) {
      String intent =
          request.parts().stream()
              .filter(part -> part.kind() == Kind.ASK)
              .map(Part::about)
              .findFirst()
              .orElseThrow();
      rows.add(new LabelledText(request.id(), request.text(), Optional.empty(), intent));
    }
    return rows;
  }

  /** Words of requests with their slots as IOB2 tags. */
  public static List<TaggedWords> slots(Path world, WorldSplit split) throws IOException {
    List<TaggedWords> rows = new ArrayList<>();
    for (Parsed request : requests(world, split)) {
      List<RequestSlots> slots = RequestSlots.of(request.parts());
      List<String> words = new ArrayList<>();
      List<String> tags = new ArrayList<>();
      Matcher matcher = WORD.matcher(request.text());
      while (matcher.find()) {
        int at = matcher.start();
        words.add(matcher.group());
        tags.add(
            slots.stream()
                .filter(slot -> slot.start() <= at && at < slot.end())
                .map(slot -> (slot.start() == at ? "B-" : "I-") + slot.type())
                .findFirst()
                .orElse("O"));
      }
      rows.add(new TaggedWords(request.id(), words, tags));
    }
    return rows;
  }

  /** One question about each request. */
  public static List<AnsweredQuestion> questions(Path world, WorldSplit split) throws IOException {
    return requests(world, split).stream()
        .map(request -> RequestQuestions.draw(request.id(), request.text(), request.parts()))
        .toList();
  }

  private record Parsed(String id, String text, List<Part> parts) {}

  private static List<Parsed> requests(Path world, WorldSplit split) throws IOException {
    Path file = world.resolve(WorldFiles.prompts(split));
    Map<String, List<Prompt>> renderings = new LinkedHashMap<>();
    for (Prompt prompt : PromptReader.read(file).rows()) {
      String key =
          prompt.meta().containsKey("pair_key")
              ? prompt.meta().get("pair_key").asText()
              : prompt.id();
      renderings.computeIfAbsent(key, k -> new ArrayList<>()).add(prompt);
    }
    List<Parsed> requests = new ArrayList<>();
    for (List<Prompt> same : renderings.values()) {
      Prompt one = same.get(requests.size() % same.size());
      String text = one.messages().get(0).content();
      List<Part> parts =
          RequestParser.frontDesk()
              .parse(text)
              .orElseThrow(
                  () ->
                      new UserException(
                          "%s: request %s is not in the front desk's language. A world of another version?"
                              .formatted(file, one.id())));
      requests.add(new Parsed(one.id(), text, parts));
    }
    return requests;
  }
}
