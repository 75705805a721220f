package io.promdisco.cli.output;

import io.promdisco.config.Problem;
import io.promdisco.ruletest.Finding;
import io.promdisco.ruletest.RuleTestResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of tests for programs: an array with one entry for each file. */
public final class TestResultDocument {
  private TestResultDocument() {}

  public static List<Object> of(List<TestFileResult> files) {
    List<Object> document = new ArrayList<>();
    for (TestFileResult file : files) {
      Map<String, Object> entry =
          StructuredPrinter.map(
              "file", file.path().toString(), "passed", file.usable() && file.passed());
      List<Object> errors = new ArrayList<>(file.reasons());
      file.problems().stream()
          .filter(problem -> problem.severity() == Problem.Severity.ERROR)
          .forEach(problem -> errors.add(problem.toString()));
      entry.put("errors", errors);
      entry.put("tests", file.results().stream().map(TestResultDocument::test).toList());
      document.add(entry);
    }
    return document;
  }

  private static Map<String, Object> test(RuleTestResult result) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", result.test().name());
    map.put("job", result.test().job());
    map.put("line", result.test().position().line());
    map.put("passed", result.passed());
    map.put("findings", result.findings().stream().map(TestResultDocument::finding).toList());
    return map;
  }

  private static Map<String, Object> finding(Finding finding) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("kind", StructuredPrinter.word(finding.kind()));
    entry.put("line", finding.position().line());
    entry.put("message", finding.message());
    List<Object> differences = new ArrayList<>();
    for (Finding.Difference difference : finding.differences()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("what", difference.what());
      map.put("expected", difference.expected());
      map.put("found", difference.found());
      differences.add(map);
    }
    entry.put("differences", differences);
    return entry;
  }
}
