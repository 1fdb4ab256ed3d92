package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.world.RequestParser.Kind;
import org.plumbline.data.world.RequestParser.Part;
import org.plumbline.stage.RandomStreams;

/** Questions that a request answers in its own words. */
final class RequestQuestions {
  private static final long WORDINGS = 1; // changes only with the world's version
  private static final String RULE = "house rule: ";

  private RequestQuestions() {}

  /** Ways to ask one thing, and the characters of the request that answer it. */
  private record Askable(List<String> wordings, String answer, int start) {}

  /** One of the questions, drawn by the request's id alone. */
  static AnsweredQuestion draw(String id, String request, List<Part> parts) {
    List<Askable> all = askable(parts);
    Askable one = all.get(draw(id + "|what", all.size()));
    String question = one.wordings().get(draw(id + "|how", one.wordings().size()));
    return new AnsweredQuestion(
        id, question, request, List.of(new AnsweredQuestion.Answer(one.answer(), one.start())));
  }

  private static int draw(String address, int choices) {
    return (int) Long.remainderUnsigned(RandomStreams.address(WORDINGS, address), choices);
  }

  private static List<Askable> askable(List<Part> parts) {
    List<Askable> all = new ArrayList<>();
    for (RequestSlots slot : RequestSlots.of(parts)) {
      List<String> wordings = wordings(slot.type());
      if (!wordings.isEmpty()) {
        all.add(new Askable(wordings, slot.text(), slot.start()));
      }
    }
    for (Part part : parts) {
      String said = part.text().replaceAll("[.?]$", "");
      if (part.text().startsWith(RULE)) {
        all.add(
            new Askable(
                List.of("what is the house rule?", "which house rule holds?"),
                said.substring(RULE.length()),
                part.start() + RULE.length()));
      }
      if (part.kind() == Kind.ASK) {
        all.add(
            new Askable(
                List.of("what does the guest ask?", "what is asked for?"), said, part.start()));
      }
      if (part.kind() == Kind.FACT && part.about().equals("BOOKING")) {
        all.add(
            new Askable(
                List.of("does the guest have a booking?", "what is said about the booking?"),
                said,
                part.start()));
      }
      if (part.kind() == Kind.FACT && part.about().equals("SPACE")) {
        all.add(
            new Askable(
                List.of("is there a free place?", "what is said about the place?"),
                said,
                part.start()));
      }
    }
    return all;
  }

  private static List<String> wordings(String slot) {
    return switch (slot) {
      case "guest" -> List.of("who is the guest?", "what is the name of the guest?");
      case "land" -> List.of("where does the guest come from?", "what is the home of the guest?");
      case "time" -> List.of("what time is it?", "what does the clock say?");
      case "closing" -> List.of("until when is it open?", "when does it close?");
      case "person" -> List.of("who is asked about?", "about whom does the guest ask?");
      default -> List.of();
    };
  }
}
