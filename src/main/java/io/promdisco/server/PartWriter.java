package io.promdisco.server;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.eclipse.jetty.util.Callback;

/**
 * Writes a body in parts. It makes the next part when the client has read the previous one. So an
 * answer needs the memory of one part, and no thread while it waits, no matter how long it is and
 * how slowly it is read.
 */
final class PartWriter implements Callback {
  /** The number of bytes after which other answers take their turn. */
  private static final int TURN_BYTES = 1 << 20;

  private final AnswerSource source;
  private final LongAnswer answer;
  private final Consumer<Runnable> later;
  private final Consumer<Exception> onBreak;
  private final ObjLongConsumer<Object> memory;
  private final AtomicReference<State> state = new AtomicReference<>(State.MAKING);

  private enum State {
    MAKING,
    WRITING,
    /** The part was not sent when the write returned; the connection calls back. */
    WAITING,
    /** The part was sent before the write returned. */
    TAKEN
  }

  /**
   * Creates a writer that has not started.
   *
   * @param later runs the task that makes the next parts
   * @param onBreak called if a part cannot be made; must end the answer
   * @param memory receives an object that is kept until the answer ends, and its size in bytes
   */
  PartWriter(
      AnswerSource source,
      LongAnswer answer,
      Consumer<Runnable> later,
      Consumer<Exception> onBreak,
      ObjLongConsumer<Object> memory) {
    this.source = source;
    this.answer = answer;
    this.later = later;
    this.onBreak = onBreak;
    this.memory = memory;
  }

  /** Writes as much as the client reads now, up to {@link #TURN_BYTES}. */
  void write() {
    for (int sent = 0; sent < TURN_BYTES; ) {
      AnswerSource.Part part;
      try {
        part = source.next();
      } catch (IOException | RuntimeException e) {
        onBreak.accept(e);
        return;
      } catch (OutOfMemoryError e) {
        onBreak.accept(RequestDispatcher.outOfMemory(e));
        return;
      }
      sent += Math.max(1, part.bytes().remaining());
      if (part.bytes().remaining() > AnswerSource.SLICE_BYTES) { // A single target may be large.
        memory.accept(this, 2L * part.bytes().remaining());
      }
      if (part.last()) {
        answer.write(true, part.bytes(), Callback.from(answer::end, answer::cut));
        return;
      }
      state.set(State.WRITING);
      answer.write(false, part.bytes(), this);
      if (state.compareAndSet(State.WRITING, State.WAITING)) {
        return; // succeeded() continues
      }
    }
    later.accept(this::write);
  }

  @Override
  public void succeeded() {
    if (!state.compareAndSet(State.WRITING, State.TAKEN)) {
      later.accept(this::write);
    }
  }

  @Override
  public void failed(Throwable cause) {
    answer.cut(cause);
  }
}
