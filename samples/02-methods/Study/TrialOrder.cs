namespace MethodStudy.Study;

/// <summary>A trial to be run.</summary>
/// <param name="Name">Short name of a candidate, or <see cref="Prompting.Name"/>.</param>
/// <param name="BaseDirectory">The base.</param>
/// <param name="Path">File that receives the measurement.</param>
internal sealed record TrialOrder(string Name, string BaseDirectory, string Path);
