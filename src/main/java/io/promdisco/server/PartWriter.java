package io.promdisco.server;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.eclipse.jetty.util.Callback;

/**
 * Writes a body part by part: the next part is made when the reader has taken the previous one. So
 * an answer needs the memory of one part and no thread, however long it is and however slowly it is
 * read.
 */
final class PartWriter implements Callback {
  /** After this many bytes other answers have their turn. */
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
    /** The reader has not taken the part when the write returned; then it calls back. */
    WAITING,
    /** The reader took the part before the write returned. */
    TAKEN
  }

  /**
   * A writer that has not begun.
   *
   * @param later runs the making of the next parts
   * @param onBreak called if a part cannot be made; ends the answer
   * @param memory is told of an object that is kept until the answer ends, and of its bytes
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

  /** Writes as much as the reader takes now, up to {@link #TURN_BYTES}. */
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
      if (part.bytes().remaining() > AnswerSource.SLICE_BYTES) { // One target may be large.
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
