package org.plumbline.pipeline;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The dependency graph of the modules, and what no class of ours may do. */
class ArchitectureTest {
  private static final String ROOT = "org.plumbline..";
  private static final String TRUTH = "org.plumbline.data.world.truth..";
  private static final String ENGINE = "org.plumbline.model.engine..";
  private static final String DJL_JNI = "ai.djl.pytorch.jni..";

  /** Each module's package, and the modules that it may use. */
  private static final Map<String, List<String>> GRAPH = graph();

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(place -> !place.contains("test-classes"))
          .importPackages("org.plumbline", "ai.djl.pytorch.jni")
          .that(not(resideInAPackage("org.plumbline.testing..")));

  private static Map<String, List<String>> graph() {
    Map<String, List<String>> graph = new LinkedHashMap<>();
    graph.put("stage", List.of());
    graph.put("model", List.of());
    graph.put("data", List.of("stage"));
    // preference-data: a prompt as the model's template takes it (docs/adr/0002)
    graph.put("training", List.of("stage", "data", "model"));
    graph.put("sft", List.of("stage", "data", "model", "training"));
    graph.put("reward", List.of("stage", "data", "model", "training"));
    graph.put("ppo", List.of("stage", "data", "model", "training", "reward"));
    graph.put("feedback", List.of("stage", "data", "model", "training"));
    graph.put("evaluation", List.of("stage", "data", "model", "training", "reward", "feedback"));
    graph.put("pipeline", List.copyOf(graph.keySet()));
    return graph;
  }

  @Test
  void allModulesAreLookedAt() {
    assertThat(CODE).hasSizeGreaterThan(200);
    assertThat(modulesSeen()).containsExactlyInAnyOrderElementsOf(GRAPH.keySet());
  }

  private static TreeSet<String> modulesSeen() {
    TreeSet<String> seen = new TreeSet<>();
    for (JavaClass type : CODE) {
      if (type.getPackageName().startsWith("org.plumbline.")) {
        seen.add(type.getPackageName().split("\\.")[2]);
      }
    }
    return seen;
  }

  @Test
  void modulesDependOneWay() {
    GRAPH.forEach(
        (module, uses) -> {
          List<String> allowed = new ArrayList<>(List.of(packageOf(module)));
          uses.forEach(used -> allowed.add(packageOf(used)));
          classes()
              .that()
              .resideInAPackage(packageOf(module))
              .should()
              .onlyDependOnClassesThat(
                  not(resideInAPackage(ROOT))
                      .or(resideInAnyPackage(allowed.toArray(String[]::new))))
              .because("design.md section 2 draws no other arrow from " + module)
              .check(CODE);
        });
  }

  private static String packageOf(String module) {
    return "org.plumbline." + module + "..";
  }

  @Test
  void noStageKnowsThePipeline() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.plumbline.pipeline..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.plumbline.pipeline..")
        .because("a stage must run alone, from a test")
        .check(CODE);
  }

  @Test
  void onlyEvaluationOpensTheTruth() {
    noClasses()
        .that(
            resideInAPackage(ROOT)
                .and(
                    not(
                        resideInAnyPackage(
                            "org.plumbline.evaluation..", "org.plumbline.data.world.."))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(TRUTH)
        .because("what learns or judges must not know the answer")
        .check(CODE);
  }

  @Test
  void theEngineIsReachedThroughOnePackage() {
    noClasses()
        .that(resideInAPackage(ROOT).and(not(resideInAPackage(ENGINE))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(DJL_JNI)
        .because("DJL's native interface is no public API")
        .check(CODE);
    classes()
        .that()
        .haveFullyQualifiedName("ai.djl.pytorch.jni.KernelCall")
        .should()
        .onlyDependOnClassesThat(not(resideInAPackage(ROOT)))
        .because("it lends its package's access and nothing else")
        .check(CODE);
  }

  @Test
  void nothingIsDeserialised() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .because("a file from outside must not choose classes")
        .check(CODE);
  }

  @Test
  void noClassIsFoundByName() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .and()
        .doNotHaveFullyQualifiedName("org.plumbline.stage.StopSignal")
        .should()
        .callMethod(Class.class, "forName", String.class)
        .orShould()
        .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class)
        .orShould()
        .callMethod(ClassLoader.class, "loadClass", String.class)
        .because("StopSignal alone does, for the JDK's own signals")
        .check(CODE);
  }

  @Test
  void noProcessIsStarted() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ProcessBuilder")
        .orShould()
        .callMethod(Runtime.class, "exec", String.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .because("a run is one process on one machine")
        .check(CODE);
  }

  @Test
  void allRandomnessComesFromTheSeed() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.SecureRandom")
        .orShould()
        .callMethod(Math.class, "random")
        .because("equal seeds give equal runs: stage-api's RandomStreams")
        .check(CODE);
  }
}
