package io.promdisco.monitors;

import java.util.List;

/** A resource, or a setting, is refused. The message is that of the operator; no secret ever. */
final class InvalidMonitorException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Separates the place, if there is one, from the message. */
  private final String separator;

  InvalidMonitorException(String message) {
    this(message, ": ");
  }

  InvalidMonitorException(String message, String separator) {
    super(message);
    this.separator = separator;
  }

  /** A check of a part of a resource. */
  interface Check {
    void run() throws InvalidMonitorException;
  }

  /** A check of one of several parts of a resource. */
  interface ItemCheck {
    void run(SpecNode item) throws InvalidMonitorException;
  }

  /**
   * Runs a check of each item; puts {@code place} and the index before the message of a failure.
   */
  static void withinEach(String place, List<SpecNode> items, ItemCheck check)
      throws InvalidMonitorException {
    for (int i = 0; i < items.size(); i++) {
      SpecNode item = items.get(i);
      within(place + "[" + i + "]", () -> check.run(item));
    }
  }

  /** Runs a check; puts {@code place} and a colon before the message of its failure. */
  static void within(String place, Check check) throws InvalidMonitorException {
    try {
      check.run();
    } catch (InvalidMonitorException e) {
      InvalidMonitorException placed =
          new InvalidMonitorException(place + e.separator + e.getMessage());
      placed.initCause(e);
      throw placed;
    }
  }
}
