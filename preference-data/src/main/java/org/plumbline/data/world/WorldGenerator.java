package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.data.Demonstration;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.world.language.Facts;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.RandomStreams;

/** Makes the data of a world; equal config and seed give equal data. */
final class WorldGenerator {
  /** Least difference in q between two candidates: closer ones no annotator could tell apart. */
  static final double LEAST_DIFFERENCE = 0.15;

  /** Annotator of clean pairs. */
  static final String CLEAN = "truth";

  private final SampleWorldConfig config;
  private final long seed;
  private final RequestGenerator requests;
  private final RequestGenerator evenRequests;
  private final TruthScorer scorer = new TruthScorer(Map.of());
  private final Map<String, Facts> facts = new LinkedHashMap<>();

  WorldGenerator(SampleWorldConfig config, long seed) {
    this.config = config;
    this.seed = seed;
    WorldFlaws flaws = config.flaws();
    boolean harder = flaws.harderSecondGroup();
    requests = new RequestGenerator(seed, config.asked(), flaws.secondGroupShare(), harder);
    evenRequests = new RequestGenerator(seed, config.asked(), 0.5, harder);
  }

  /** Facts of every prompt made so far, by prompt id in the order made. */
  Map<String, Facts> facts() {
    return facts;
  }

  List<Demonstration> corpus() {
    ReplyGenerator replies = replies(QualityMix.CORPUS, config.flaws().groupBias());
    return IntStream.range(0, config.corpus())
        .mapToObj(
            i -> {
              Request request = requests.draw("corpus", WorldSplit.TRAIN, i);
              String reply = replies.draw(request.facts(), random("corpus", WorldSplit.TRAIN, i));
              return new Demonstration(plain(request), reply);
            })
        .toList();
  }

  List<Demonstration> demonstrations(WorldSplit split) {
    ReplyGenerator replies = replies(QualityMix.DEMONSTRATIONS, config.flaws().groupBias());
    return IntStream.range(0, share(config.demonstrations(), split))
        .mapToObj(
            i -> {
              Request request = remember(requests.draw("demonstration", split, i));
              UniformRandomProvider random = random("demonstration", split, i);
              String reply = replies.draw(request.facts(), random);
              while (!config.flaws().mixedDemonstrations()
                  && !scorer.score(request.facts(), reply).good()) {
                reply = replies.draw(request.facts(), random);
              }
              return new Demonstration(plain(request), reply);
            })
        .toList();
  }

  List<Candidate> candidates(WorldSplit split) {
    return IntStream.range(0, share(config.pairs(), split))
        .mapToObj(i -> candidate(remember(requests.draw("pair", split, i)), split, i))
        .toList();
  }

  /** Pairs of held-out patterns, labelled by the truth. */
  List<PreferencePair> testPairs() {
    return IntStream.range(0, config.testPairs())
        .mapToObj(
            i -> {
              Request request = remember(evenRequests.draw("pair", WorldSplit.TEST, i));
              Candidate pair = candidate(request, WorldSplit.TEST, i);
              boolean first = q(request, pair.answerA()) > q(request, pair.answerB());
              return new PreferencePair(
                  request.id(),
                  pair.prompt(),
                  first ? pair.answerA() : pair.answerB(),
                  first ? pair.answerB() : pair.answerA(),
                  CLEAN);
            })
        .toList();
  }

  List<Prompt> prompts(WorldSplit split) {
    int count =
        switch (split) {
          case TRAIN -> config.prompts();
          case VALIDATION -> config.validationPrompts();
          case TEST -> config.testPrompts();
        };
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Request> renderings =
          split == WorldSplit.TEST
              ? evenRequests.drawForEveryGroup("prompt", split, i)
              : List.of(requests.draw("prompt", split, i));
      renderings.forEach(request -> prompts.add(remember(request).prompt()));
    }
    return prompts;
  }

  private Candidate candidate(Request request, WorldSplit split, int index) {
    ReplyGenerator replies = replies(QualityMix.CANDIDATES, 0);
    UniformRandomProvider random = random("pair", split, index);
    while (true) {
      String a = replies.draw(request.facts(), random);
      String b = replies.draw(request.facts(), random);
      if (Math.abs(q(request, a) - q(request, b)) >= LEAST_DIFFERENCE) {
        return new Candidate(plain(request), a, b);
      }
    }
  }

  private double q(Request request, String reply) {
    return scorer.score(request.facts(), reply).q();
  }

  private Request remember(Request request) {
    facts.put(request.id(), request.facts());
    return request;
  }

  private static Prompt plain(Request request) {
    return new Prompt(request.id(), request.prompt().messages());
  }

  private ReplyGenerator replies(QualityMix mix, double bias) {
    return new ReplyGenerator(config.level(), mix, bias);
  }

  private UniformRandomProvider random(String purpose, WorldSplit split, int index) {
    return RandomStreams.of(seed, "world.reply." + purpose + "." + split.label(), index);
  }

  private static int share(int size, WorldSplit split) {
    return split == WorldSplit.TRAIN ? size : size / 10;
  }
}
