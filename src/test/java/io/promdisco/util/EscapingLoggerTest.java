package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.promdisco.testing.CapturedLog;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EscapingLoggerTest {
  private static final String FORGED =
      "x\n2026-01-01T00:00:00.000Z ERROR Forged - \u001b[31m\u202e";

  @Test
  void argumentsMakeNoLineOfTheirOwn() {
    try (CapturedLog log = new CapturedLog()) {
      EscapingLogger.of(EscapingLoggerTest.class).warn("said {} and {}", FORGED, 5);
      assertThat(log.lines("Forged"))
          .singleElement()
          .asString()
          .contains("said x\\n2026")
          .contains("\\x1b[31m\\u202e and 5");
    }
  }

  @Test
  void messagesOfExceptionsAndTheirCausesMakeNoLineOfTheirOwn() {
    IOException error = new IOException(FORGED, new IllegalStateException(FORGED));
    error.addSuppressed(new IOException(FORGED));
    Throwable shown = EscapingLogger.printable(error);
    assertThat(shown.toString()).startsWith("java.io.IOException: x\\n2026");
    assertThat(shown.getStackTrace()).isEqualTo(error.getStackTrace());
    assertThat(shown.getCause()).hasToString("java.lang.IllegalStateException: " + escaped());
    assertThat(shown.getSuppressed()[0]).hasToString("java.io.IOException: " + escaped());
    try (CapturedLog log = new CapturedLog()) {
      EscapingLogger.of(EscapingLoggerTest.class).warn("failed", error);
      assertThat(log.lines("Forged")).hasSize(3).allMatch(line -> line.contains("x\\n2026"));
      assertThat(log.lines("\u001b")).isEmpty();
    }
  }

  private static String escaped() {
    return PrintableText.of(FORGED);
  }

  @Test
  void aPrintableExceptionIsLoggedUnchanged() {
    IOException error = new IOException("closed", new IOException("reset"));
    assertThat(EscapingLogger.printable(error)).isSameAs(error);
  }

  @Test
  void oneMessageDoesNotFillTheLog() {
    try (CapturedLog log = new CapturedLog()) {
      EscapingLogger.of(EscapingLoggerTest.class)
          .warn("said {}", "y".repeat(10_000_000), new IOException("z".repeat(10_000_000)));
      assertThat(log.lines("yyy")).singleElement().asString().hasSizeLessThan(5_000);
      assertThat(log.lines("zzz")).singleElement().asString().hasSizeLessThan(5_000);
    }
  }

  @Test
  void anExceptionThatCausesItselfIsLoggedToo() {
    IOException error = new IOException(FORGED);
    error.initCause(new IOException(FORGED, error));
    assertThat(EscapingLogger.printable(error)).hasToString("java.io.IOException: " + escaped());
  }

  @Test
  void aLineWithoutMemoryIsLeftOut() {
    Object full =
        new Object() {
          @Override
          public String toString() {
            throw new OutOfMemoryError("as the test asked");
          }
        };
    assertThatCode(() -> EscapingLogger.of(EscapingLoggerTest.class).warn("{}", full))
        .doesNotThrowAnyException();
  }
}
