package io.promdisco.security;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Everything of ours that can be reached from an object, over the JDK's collections too. */
final class ObjectGraph {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> todo = new ArrayDeque<>();

  private ObjectGraph() {}

  /** Visits objects whose classes are ours, each once. */
  static int visit(Object root, Consumer<Object> visitor) throws IllegalAccessException {
    ObjectGraph graph = new ObjectGraph();
    graph.add(root);
    int visited = 0;
    while (!graph.todo.isEmpty()) {
      Object object = graph.todo.remove();
      if (object.getClass().getName().startsWith("io.promdisco.")) {
        visitor.accept(object);
        visited++;
        graph.addFields(object);
      } else {
        graph.addContents(object);
      }
    }
    return visited;
  }

  private void add(@org.jspecify.annotations.Nullable Object object) {
    if (object != null && !(object instanceof String) && seen.add(object)) {
      todo.add(object);
    }
  }

  private void addFields(Object object) throws IllegalAccessException {
    for (Class<?> type = object.getClass();
        type != null && type.getName().startsWith("io.promdisco.");
        type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
          field.setAccessible(true);
          add(field.get(object));
        }
      }
    }
  }

  private void addContents(Object object) {
    if (object instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            add(key);
            add(value);
          });
    } else if (object instanceof java.nio.file.Path) {
      return; // iterates over itself for ever
    } else if (object instanceof java.util.Collection<?> values) {
      values.forEach(this::add);
    } else if (object instanceof Optional<?> optional) {
      optional.ifPresent(this::add);
    } else if (object instanceof AtomicReference<?> reference) {
      add(reference.get());
    } else if (object instanceof Object[]) {
      for (int i = 0; i < Array.getLength(object); i++) {
        add(Array.get(object, i));
      }
    }
  }
}
