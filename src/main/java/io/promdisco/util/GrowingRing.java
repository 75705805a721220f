package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue between any number of threads that add and one that takes. It grows while the taking
 * thread is slow, and shrinks when that has caught up; adding never blocks.
 *
 * <p>One lock, held for a few instructions at a time.
 */
public final class GrowingRing<T> implements AutoCloseable {
  private static final int FIRST_CAPACITY = 16; // a power of two, like every capacity

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();

  @GuardedBy("lock")
  private @Nullable Object[] ring = new @Nullable Object[FIRST_CAPACITY];

  @GuardedBy("lock")
  private int first;

  @GuardedBy("lock")
  private int size;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Adds an element at the end without blocking.
   *
   * @return false if the ring is closed; then the element is dropped
   */
  public boolean put(T element) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      append(element);
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds several elements at the end without blocking, and wakes the taking thread once.
   *
   * @return false if the ring is closed; then the elements are dropped
   */
  public boolean putAll(Collection<? extends T> elements) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      for (T element : elements) {
        append(element);
      }
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void append(T element) {
    if (size == ring.length) {
      resize(2 * size);
    }
    ring[(first + size) & (ring.length - 1)] = element;
    size++;
  }

  /**
   * Waits for the oldest element and takes it. For one thread.
   *
   * @return null once the ring is closed
   */
  public @Nullable T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (size == 0 && !closed) {
        filled.await();
      }
      if (closed) {
        return null;
      }
      @SuppressWarnings("unchecked") // put() accepts nothing else
      T element = (T) ring[first];
      ring[first] = null;
      first = (first + 1) & (ring.length - 1);
      size--;
      if (size == 0 && ring.length > FIRST_CAPACITY) {
        resize(FIRST_CAPACITY);
      }
      return element;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for at least one element and takes all of them, oldest first. For one thread.
   *
   * @return null once the ring is closed
   */
  public @Nullable List<T> takeAll() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (size == 0 && !closed) {
        filled.await();
      }
      if (closed) {
        return null;
      }
      List<T> taken = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        @SuppressWarnings("unchecked") // put() accepts nothing else
        T element = (T) ring[(first + i) & (ring.length - 1)];
        taken.add(element);
      }
      if (ring.length > FIRST_CAPACITY) {
        ring = new @Nullable Object[FIRST_CAPACITY];
      } else {
        Arrays.fill(ring, null);
      }
      first = 0;
      size = 0;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiting elements. */
  public int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops waiting elements and wakes the taking thread. Nothing can be added or taken afterwards.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      size = 0;
      Arrays.fill(ring, null);
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the current capacity. */
  int capacity() {
    lock.lock();
    try {
      return ring.length;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void resize(int capacity) {
    @Nullable Object[] resized = new @Nullable Object[capacity];
    int tail = Math.min(size, ring.length - first);
    System.arraycopy(ring, first, resized, 0, tail);
    System.arraycopy(ring, 0, resized, tail, size - tail);
    ring = resized;
    first = 0;
  }
}
