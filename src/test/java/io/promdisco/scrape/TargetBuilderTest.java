package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetBuilderTest {
  @Test
  void ownLabelsHideTheGroupsEvenEmptyOnesAndDefaultsStandInForEmptyOnes() {
    TargetGroup group =
        new TargetGroup(
            "g",
            List.of(
                Labels.of(
                    "__address__", "h:1", "a", "own", "b", "", "__scheme__", "", "zz", "last")),
            Labels.of("__address__", "other:1", "a", "group", "b", "group", "c", "group", "d", ""));
    TargetBuilder builder =
        new TargetBuilder(
            JobFixtures.job("j", 0, "", Map.of("x", List.of("1", "2"), "y", List.of())));

    Labels discovered = builder.discovered(group, 0);

    assertThat(discovered)
        .isEqualTo(
            Labels.of(
                "__address__", "h:1",
                "__always_scrape_classic_histograms__", "false",
                "__convert_classic_histograms_to_nhcb__", "false",
                "__param_x", "1",
                "__scheme__", "http",
                "__scrape_interval__", "1m",
                "__scrape_native_histograms__", "false",
                "__scrape_timeout__", "10s",
                "a", "own",
                "c", "group",
                "job", "j",
                "zz", "last"));
    DiscoveredLabels view = builder.view().at(group, 0);
    for (String name : List.of("__address__", "__scheme__", "a", "b", "c", "d", "none", "job")) {
      assertThat(view.get(name)).as(name).isEqualTo(discovered.getOrEmpty(name));
    }
  }

  @Test
  void theGroupsAddressNeverApplies() {
    TargetGroup group =
        new TargetGroup("g", List.of(Labels.of("a", "b")), Labels.of("__address__", "other:1"));
    TargetBuilder builder = new TargetBuilder(JobFixtures.job("j"));

    assertThat(builder.discovered(group, 0).has("__address__")).isFalse();
    assertThat(builder.build("p", group, 0)).isEqualTo(new TargetOutcome.Failed("no address"));
  }

  @Test
  void labelValuesThatAreNotUtf8FailTheTargetUnlessTheyAreMetaLabels() {
    TargetBuilder builder = new TargetBuilder(JobFixtures.job("j"));

    assertThat(builder.build("p", JobFixtures.group("g", Labels.of("a", "x\ud800"), "h:1"), 0))
        .isInstanceOfSatisfying(
            TargetOutcome.Failed.class,
            failed -> assertThat(failed.message()).startsWith("invalid label value for \"a\": "));
    assertThat(
            builder.build("p", JobFixtures.group("g", Labels.of("__meta_a", "\ud800"), "h:1"), 0))
        .isInstanceOf(TargetOutcome.Kept.class);
  }

  @Test
  void idIsTheSameInEveryProcessAndVersion() {
    // FNV-1a over the strings, each followed by 0xff; the values were computed with another
    // program.
    assertThat(
            target(JobFixtures.job("j"), JobFixtures.group("g", Labels.of("ü", "😀"), "h:1")).id())
        .isEqualTo("3d8a037b236788e2");
  }

  @Test
  void idDependsOnLabelsAndUrlAndNotOnMetaLabelsOrTheGroup() {
    Target target =
        target(JobFixtures.job("j"), JobFixtures.group("g", Labels.of("__meta_a", "1"), "h:1"));

    assertThat(
            target(
                JobFixtures.job("j"),
                JobFixtures.group("other", Labels.of("__meta_a", "2"), "h:1")))
        .isEqualTo(target)
        .hasSameHashCodeAs(target)
        .returns(target.id(), Target::id);
    assertThat(
            target(JobFixtures.job("j"), JobFixtures.group("g", Labels.of("__tmp_a", "1"), "h:1"))
                .id())
        .isNotEqualTo(target.id());
    ScrapeConfig withParameter =
        JobFixtures.job("j", 0, "/metrics", Map.of("x", List.of("1", "2")));
    ScrapeConfig withOther = JobFixtures.job("j", 0, "/metrics", Map.of("x", List.of("1", "3")));
    assertThat(target(withParameter, JobFixtures.group("g", "h:1")).id())
        .isNotEqualTo(target(withOther, JobFixtures.group("g", "h:1")).id());
  }

  @Test
  void parameterLabelsReplaceTheFirstValueAndEmptyingThemRestoresIt() {
    Map<String, List<String>> params = new LinkedHashMap<>();
    params.put("x", List.of("1", "2"));
    params.put("none", List.of());
    TargetGroup group = JobFixtures.group("g", Labels.of("__param_new", "n"), "h:1");

    assertThat(
            target(JobFixtures.job("j", 0, "/m", params, JobFixtures.set("__param_x", "9")), group))
        .returns("http://h:1/m?new=n&x=9&x=2", Target::scrapeUrl);
    assertThat(
            target(JobFixtures.job("j", 0, "/m", params, JobFixtures.set("__param_x", "")), group))
        .returns("http://h:1/m?new=n&x=1&x=2", Target::scrapeUrl);
    assertThat(
            target(
                JobFixtures.job("j", 0, "/m", params, JobFixtures.set("__param_none", "s")), group))
        .returns("http://h:1/m?new=n&none=s&x=1&x=2", Target::scrapeUrl);
  }

  @Test
  void everyLabelThatWasLeftCanBeAskedFor() {
    Target target =
        target(
            JobFixtures.job("j"),
            JobFixtures.group("g", Labels.of("a", "b", "__tmp", "t", "__meta_m", "m"), "h:1"));

    assertThat(target.labels()).isEqualTo(Labels.of("a", "b", "instance", "h:1", "job", "j"));
    assertThat(target.label("__address__")).isEqualTo("h:1");
    assertThat(target.label("__tmp")).isEqualTo("t");
    assertThat(target.label("__meta_m")).isEmpty();
    assertThat(target.label("instance")).isEqualTo("h:1");
    assertThat(target.source()).isEqualTo("g");
    assertThat(target.provider()).isEqualTo("p");
  }

  private static Target target(ScrapeConfig job, TargetGroup group) {
    return ((TargetOutcome.Kept) new TargetBuilder(job).build("p", group, 0)).target();
  }
}
