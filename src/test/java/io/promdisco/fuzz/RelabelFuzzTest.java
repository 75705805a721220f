package io.promdisco.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.relabel.LabelView;
import io.promdisco.relabel.ReferenceRelabeler;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import io.promdisco.relabel.Relabeler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Any rule is rejected with a reason, or has the same result in both evaluators. */
class RelabelFuzzTest {
  private static final String[] NAMES = {"__address__", "a", "b", "__tmp_c", "job", "ä"};
  private static final String[] ACTIONS = {
    "replace",
    "keep",
    "drop",
    "keepequal",
    "dropequal",
    "hashmod",
    "labelmap",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
    "Replace",
    "nothing"
  };

  private record View(Labels labels) implements LabelView {
    @Override
    public String get(String name) {
      return labels.getOrEmpty(name);
    }

    @Override
    public void forEach(BiConsumer<String, String> action) {
      labels.forEach(action);
    }
  }

  @FuzzTest(maxDuration = "5m")
  void everyRuleIsRefusedOrDoesTheSameCompiled(FuzzedDataProvider data) {
    NameValidation names = data.pickValue(NameValidation.values());
    List<RelabelRule> rules = new ArrayList<>();
    int count = data.consumeInt(1, 4);
    for (int i = 0; i < count; i++) {
      List<String> problems = new ArrayList<>();
      Optional<RelabelRule> rule =
          RelabelRule.compile(spec(data), names, (field, message) -> problems.add(message));
      assertThat(rule.isEmpty()).isEqualTo(!problems.isEmpty());
      rule.ifPresent(rules::add);
    }
    TreeMap<String, String> labels = new TreeMap<>();
    for (String name : NAMES) {
      String value = data.consumeString(12);
      if (!value.isEmpty()) {
        labels.put(name, value);
      }
    }
    Labels discovered = Labels.of(labels);

    Optional<Labels> compiled =
        Optional.ofNullable(new Relabeler(rules).apply(new View(discovered)));

    assertThat(compiled).isEqualTo(ReferenceRelabeler.apply(rules, discovered));
  }

  private static RelabelSpec spec(FuzzedDataProvider data) {
    List<String> sources = new ArrayList<>();
    int count = data.consumeInt(0, 3);
    for (int i = 0; i < count; i++) {
      sources.add(data.pickValue(NAMES));
    }
    return new RelabelSpec(
        data.consumeBoolean() ? sources : null,
        text(data, 2),
        text(data, 40),
        data.consumeBoolean() ? data.consumeLong() : null,
        data.consumeBoolean() ? data.pickValue(NAMES) : text(data, 8),
        text(data, 12),
        data.consumeBoolean() ? data.pickValue(ACTIONS) : null,
        null);
  }

  private static @Nullable String text(FuzzedDataProvider data, int most) {
    return data.consumeBoolean() ? data.consumeString(most) : null;
  }
}
