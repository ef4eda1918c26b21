namespace KubeDb.Bench;

/// <summary>Where things are.</summary>
/// <param name="Repository">The checkout.</param>
/// <param name="Programs">The published programs, a folder each.</param>
/// <param name="Work">For logs and kubeconfigs; made anew for each run.</param>
internal sealed record BenchOptions(string Repository, string Programs, string Work);
