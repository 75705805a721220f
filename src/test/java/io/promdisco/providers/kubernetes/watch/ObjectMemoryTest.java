package io.promdisco.providers.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.DocumentView;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectMemoryTest {
  private static final int MANY = 100_000;

  /** Makes objects in which one text is long or one list has many elements. */
  private static final class Maker {
    private final int chosen;
    private int made;

    Maker(int chosen) {
      this.chosen = chosen;
    }

    boolean isPast() {
      return made <= chosen;
    }

    private String text() {
      return made++ == chosen ? "x".repeat(MANY) : "x";
    }

    private Object make(Type type) {
      if (type instanceof ParameterizedType list) {
        int size = made++ == chosen ? MANY : 1;
        return Collections.nCopies(size, make(list.getActualTypeArguments()[0]));
      }
      if (type == String.class) {
        return text();
      }
      if (type == Labels.class) {
        return Labels.of(text(), text());
      }
      if (type == int.class || type == Integer.class) {
        return 1;
      }
      if (type == long.class) {
        return 1L;
      }
      if (type == boolean.class || type == Boolean.class) {
        return true;
      }
      return record((Class<?>) type);
    }

    private Object record(Class<?> type) {
      RecordComponent[] parts = type.getRecordComponents();
      Class<?>[] types =
          Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Object[] values = Arrays.stream(parts).map(part -> make(part.getGenericType())).toArray();
      try {
        return type.getDeclaredConstructor(types).newInstance(values);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(type + ": cannot be made", e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        MetadataView.class,
        PodView.class,
        NodeView.class,
        ServiceView.class,
        EndpointsView.class,
        EndpointSliceView.class,
        IngressView.class
      })
  void everyTextAndEveryListCounts(Class<?> type) {
    int chosen = 0;
    Maker maker = new Maker(chosen);
    for (Object made = maker.record(type); !maker.isPast(); made = maker.record(type)) {
      assertThat(ObjectMemory.of((KubeObject) made))
          .as("%s: text or list %s", type.getSimpleName(), chosen)
          .isGreaterThan(MANY);
      maker = new Maker(++chosen);
    }
    assertThat(chosen).as("texts and lists").isGreaterThanOrEqualTo(7);
  }

  @Test
  void aDocumentCountsAllItsTextsAndParts() throws IOException {
    ObjectMeta meta =
        new ObjectMeta(new ObjectKey("n", "a"), "u", 1, Labels.EMPTY, Labels.EMPTY, null);
    int many = MANY / 4; // Jackson accepts longer texts, but no longer names.
    String text = "x".repeat(many);
    for (String json :
        List.of(
            "{\"data\": {\"a\": \"" + text + "\"}}",
            "{\"data\": {\"" + text + "\": 1}}",
            "{\"spec\": [[" + "1,".repeat(many / 2) + "1]]}")) {
      assertThat(ObjectMemory.of(new DocumentView(meta, new ObjectMapper().readTree(json))))
          .isGreaterThan(many);
    }
  }
}
