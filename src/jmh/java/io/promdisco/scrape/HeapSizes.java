package io.promdisco.scrape;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.providers.kubernetes.client.decode.PodBodies;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.relabel.RelabelRule;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.openjdk.jol.info.GraphLayout;

/** Prints what pods, groups, targets and jobs take on the heap, everything that they refer to. */
public final class HeapSizes {
  private static final int PODS = 10_000;
  private static final int TARGETS = 2 * PODS;
  private static final int JOBS = 1_000;
  private static final PrintStream OUT = System.out;

  private HeapSizes() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws Exception {
    List<PodView> views = new PodBodies.Protobuf().decode(new PodBodies(PODS).protobuf());
    long ofViews = size(views);
    print("a pod", ofViews / PODS);
    List<TargetGroup> groups = PodBodies.groups(views);
    long ofGroups = size(views, groups);
    print("its group of two targets", (ofGroups - ofViews) / PODS);

    ScrapeConfig all = JobFixtures.job("all", UsualRules.labels().toArray(new RelabelRule[0]));
    ScrapeManager kept = manager(List.of(all), groups);
    print("an active target with eleven labels", (size(views, groups, kept) - ofGroups) / TARGETS);

    ScrapeConfig none =
        JobFixtures.job("none", JobFixtures.keep("__meta_kubernetes_pod_phase", "Failed"));
    ScrapeManager dropped = manager(List.of(none), groups);
    print("all dropped targets of a job", size(views, groups, dropped) - ofGroups);

    List<ScrapeConfig> jobs = UsualRules.jobs(JOBS + 100, 5).subList(100, JOBS + 100);
    long ofJobs = size(jobs);
    print("a job with five rules", ofJobs / JOBS);
    ScrapeManager idle = manager(jobs, groups);
    long ofIdle = size(jobs, views, groups, idle) - size(jobs, views, groups);
    print("what is kept for a job that keeps nothing", ofIdle / JOBS);
  }

  private static ScrapeManager manager(List<ScrapeConfig> jobs, List<TargetGroup> groups) {
    ScrapeManager manager =
        new ScrapeManager(job -> TargetSetReader.TargetSet.NONE, Metrics.none());
    manager.apply(jobs);
    manager.onUpdates(
        jobs.stream()
            .map(
                job ->
                    new TargetSetUpdate(
                        job.jobName(), false, true, 1, TARGETS, Map.of("p", groups)))
            .toList());
    return manager;
  }

  private static long size(Object... roots) {
    return GraphLayout.parseInstance(roots).totalSize();
  }

  private static void print(String what, long bytes) {
    OUT.printf("%-45s %,9d bytes%n", what, bytes);
  }
}
