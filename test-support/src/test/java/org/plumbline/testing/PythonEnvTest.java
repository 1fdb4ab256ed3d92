package org.plumbline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class PythonEnvTest {
  private final String before = System.getProperty(PythonEnv.PROPERTY, "");

  @AfterEach
  void restore() {
    System.setProperty(PythonEnv.PROPERTY, before);
  }

  @Test
  void withoutInterpreterTheTestIsSkippedWithAReason() {
    System.setProperty(PythonEnv.PROPERTY, "");
    assertThat(PythonEnv.isAvailable()).isFalse();
    assertThatThrownBy(() -> PythonEnv.run("print(1)"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("-Dplumbline.python");
  }

  @Test
  void anInterpreterThatIsNotThereFails() {
    System.setProperty(PythonEnv.PROPERTY, "/no/such/python");
    assertThatThrownBy(() -> PythonEnv.run("print(1)"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("cannot run Python");
  }

  @Test
  void runsAScriptWithArguments() {
    assertThat(PythonEnv.run("import sys\nprint(sys.argv[1] + '\\u00e9')", "caf"))
        .isEqualToIgnoringNewLines("café");
    assertThatThrownBy(() -> PythonEnv.run("raise SystemExit('broken on purpose')"))
        .hasMessageContaining("Python exit code 1")
        .hasMessageContaining("broken on purpose");
  }
}
