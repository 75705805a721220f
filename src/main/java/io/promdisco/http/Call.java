package io.promdisco.http;

import java.io.IOException;

/** A request that has been sent, by whatever protocol. One thread reads; any may fail or close. */
interface Call extends BodyReader.Source, AutoCloseable {
  /** Waits for the head of the answer and lets the body come. */
  void awaitHead() throws IOException, InterruptedException;

  /** The status. */
  int code();

  /**
   * A header's first value, or the empty string.
   *
   * @param name in lower case
   */
  String header(String name);

  /** Ends it with {@code problem} if not even the head of the answer has come. */
  void failUnanswered(IOException problem);

  /** Ends it with {@code problem} for whoever waits for it. */
  void fail(IOException problem);

  /** Gives up what has not been read. */
  @Override
  void close();
}
