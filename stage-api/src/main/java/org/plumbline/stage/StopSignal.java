package org.plumbline.stage;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Turns SIGTERM and Ctrl-C into a flag, so that a stage can write its checkpoint first.
 *
 * <p>For the command line: call {@link #install} once, before the engine starts; let {@code
 * RunContext.stopRequested()} return {@link #isRequested()}; when the stage throws {@link
 * StoppedException}, end with {@code System.exit(StopSignal.EXIT_CODE)}. The signal does not begin
 * the JVM's shutdown, hence no shutdown hook (the engine has some) runs while the checkpoint is
 * being written, and the process lives until the main thread ends it. A second signal ends it at
 * once with the same code; the last complete checkpoint then stands.
 *
 * <p>Where the JVM does not give signals away (option {@code -Xrs}), they end the process as they
 * always do, and a run resumes at its last checkpoint.
 */
public final class StopSignal {
  /** Exit code of a run that was stopped and can be resumed. */
  public static final int EXIT_CODE = 130;

  private final AtomicBoolean requested = new AtomicBoolean();
  private final Consumer<String> say;

  /**
   * A flag without a signal behind it, for tests and embedding.
   *
   * @param say takes one line when the stop is requested
   */
  public StopSignal(Consumer<String> say) {
    this.say = say;
  }

  /** A flag that SIGTERM and SIGINT set from now on. */
  public static StopSignal install(Consumer<String> say) {
    StopSignal stop = new StopSignal(say);
    for (String name : List.of("TERM", "INT")) {
      handle(
          name,
          () -> {
            if (!stop.request()) {
              Runtime.getRuntime().halt(EXIT_CODE);
            }
          });
    }
    return stop;
  }

  /** True once a stop was requested. */
  public boolean isRequested() {
    return requested.get();
  }

  /** Requests a stop; false if one was requested before. */
  public boolean request() {
    boolean first = requested.compareAndSet(false, true);
    if (first) {
      say.accept("Stopping after this step; writing a checkpoint. Once more to stop at once.");
    }
    return first;
  }

  /** By reflection, as javac warns of every use of sun.misc and the warning cannot be silenced. */
  private static void handle(String signalName, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              StopSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> arguments != null && self == arguments[0];
                  default -> "stop on SIG" + signalName;
                };
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(signalName), proxy);
    } catch (ReflectiveOperationException e) {
      // -Xrs or a JVM without signals: the class comment says what happens then
    }
  }
}
