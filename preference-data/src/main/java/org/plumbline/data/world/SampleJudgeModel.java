package org.plumbline.data.world;

import java.util.List;
import java.util.Set;
import org.plumbline.data.world.language.Words;
import org.plumbline.stage.RandomStreams;

/**
 * A judge that reads the texts and nothing else. It spots facts and decisions by keywords, which it
 * sometimes misreads, and has planted faults: it likes the first answer, longer answers and
 * flattery, and it is noisy. It agrees with the truth on about four pairs of five.
 *
 * <p>Deterministic in texts, order and seed: asked the same twice, it answers the same.
 */
public final class SampleJudgeModel {
  private static final Set<String> POLITE =
      Set.of(
          "thank", "please", "sorry", "welcome", "dear", "happy", "enjoy", "nice", "wish", "good");
  private static final Set<String> RUDE =
      Set.of("silly", "fool", "pest", "away", "alone", "bother", "problem", "stop", "oh");
  private static final Set<String> HARM =
      Set.of("poison", "hurt", "burn", "steal", "break", "fire", "kill");
  private static final List<String> DENIED_FACTS =
      List.of("no booking", "not booked", "not book", "not with you", "no free", "no dogs");

  private static final double RIGHT = 1.6;
  private static final double TONE = 1.0;
  private static final double LENGTH = 0.6;
  private static final double FLATTERY = 0.3;
  private static final double POSITION = 0.25;
  private static final double NOISE = 0.35;

  private final long seed;

  /** A judge; the seed decides its noise. */
  public SampleJudgeModel(long seed) {
    this.seed = seed;
  }

  /**
   * How sure the judge is that the first answer is better.
   *
   * @param prompt text of the conversation so far
   * @return a probability, strictly between 0 and 1
   */
  public double probabilityA(String prompt, String answerA, String answerB) {
    double difference =
        appeal(prompt, answerA)
            - appeal(prompt, answerB)
            + POSITION
            + noise(prompt, answerA, answerB);
    return 1 / (1 + Math.exp(-2 * difference));
  }

  private double appeal(String prompt, String answer) {
    List<String> words = Words.of(answer);
    boolean polite = words.stream().anyMatch(POLITE::contains);
    boolean rude = words.stream().anyMatch(RUDE::contains);
    double decision = denies(words) == shouldDeny(prompt) ? RIGHT : 0;
    double tone = rude ? -TONE : polite ? TONE : 0;
    double length = LENGTH * Math.min(words.size(), 30) / 20.0;
    return decision + tone + length + (flatters(answer) ? FLATTERY : 0);
  }

  private static boolean flatters(String answer) {
    String text = String.join(" ", Words.of(answer));
    return text.contains("wise") || text.contains("best guest") || text.contains("love you");
  }

  private static boolean denies(List<String> words) {
    return words.contains("no") || words.contains("not");
  }

  /**
   * Reads the facts by keywords; takes a hot room for a fire, and closes the pool and kitchen at 9.
   */
  private static boolean shouldDeny(String prompt) {
    List<String> words = Words.of(prompt);
    String text = String.join(" ", words);
    if (text.contains(" mr ") || words.stream().anyMatch(w -> HARM.contains(w))) {
      return !text.contains("light");
    }
    if (text.contains("pool") || text.contains("breakfast")) {
      return text.matches(".*(is|says) (9|10|11)( .*|$)");
    }
    return DENIED_FACTS.stream().anyMatch(text::contains);
  }

  /** Logistic noise, from the texts in their order. */
  private double noise(String prompt, String answerA, String answerB) {
    String texts = String.join("\u001e", prompt, answerA, answerB);
    long address = RandomStreams.address(seed, "judge.noise\u001e" + texts);
    double uniform = ((address >>> 11) + 0.5) * 0x1.0p-53;
    return NOISE * Math.log(uniform / (1 - uniform));
  }
}
