package io.promdisco.cli.output;

import io.promdisco.explain.Absence;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.JobExplanation;
import io.promdisco.explain.RuleEffectText;
import io.promdisco.explain.TargetCollectors;
import io.promdisco.explain.TracedTarget;
import io.promdisco.relabel.RelabelTrace.Step;
import io.promdisco.scrape.TargetOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An explanation for programs. */
public final class ExplainDocument {
  private ExplainDocument() {}

  public static Map<String, Object> of(Explanation answer) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("query", answer.query().text());
    map.put("scraped", answer.scraped());
    map.put("summary", answer.summary());
    map.put("meaning", answer.meaning());
    map.put("choices", answer.choices());
    map.put("near", answer.near());
    map.put("jobs", answer.jobs().stream().map(ExplainDocument::job).toList());
    return map;
  }

  private static Map<String, Object> job(JobExplanation job) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("job", job.job());
    map.put("active", job.active());
    map.put("dropped", job.dropped());
    map.put("failed", job.failed());
    map.put("targets", job.targets().stream().map(ExplainDocument::target).toList());
    map.put("notDiscovered", job.absences().stream().map(ExplainDocument::absence).toList());
    return map;
  }

  private static Map<String, Object> absence(Absence absence) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", absence.source());
    map.put("why", StructuredPrinter.word(absence.why()));
    map.put("reason", absence.reason());
    return map;
  }

  private static Map<String, Object> target(TracedTarget target) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("address", target.address());
    map.put("provider", target.provider());
    map.put("source", target.source());
    map.put("verdict", verdict(target.outcome()));
    if (target.outcome() instanceof TargetOutcome.Kept kept) {
      map.put("url", kept.target().scrapeUrl());
      map.put("labels", kept.target().labels().toMap());
    }
    if (target.outcome() instanceof TargetOutcome.Failed failed) {
      map.put("problem", failed.message());
    }
    TargetCollectors collectors = target.collectors();
    if (collectors != null) {
      map.put("collectors", collectors.names());
      map.put("collectorReason", collectors.reason());
    }
    map.put("discoveredLabels", target.trace().discovered().toMap());
    List<Map<String, Object>> rules = new ArrayList<>();
    target.trace().steps().forEach(step -> rules.add(rule(step)));
    map.put("rules", rules);
    return map;
  }

  static String verdict(TargetOutcome outcome) {
    if (outcome instanceof TargetOutcome.Kept) {
      return "active";
    }
    return outcome instanceof TargetOutcome.Failed ? "failed" : "dropped";
  }

  private static Map<String, Object> rule(Step step) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("index", step.index());
    step.rule().position().ifPresent(at -> map.put("position", StructuredPrinter.position(at)));
    map.put("rule", step.rule().toString());
    map.put("value", step.value());
    map.put("kept", step.kept());
    map.put("verdict", RuleEffectText.verdict(step));
    Map<String, Object> changes = new LinkedHashMap<>();
    for (String name : step.changedNames()) {
      Map<String, Object> change =
          StructuredPrinter.map("before", step.before().get(name), "after", step.after().get(name));
      changes.put(name, change);
    }
    map.put("changes", changes);
    return map;
  }
}
