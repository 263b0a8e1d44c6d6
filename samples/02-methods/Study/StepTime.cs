namespace MethodStudy.Study;

/// <summary>How long a method's step takes.</summary>
/// <param name="Name">Short name of the candidate.</param>
/// <param name="Milliseconds">Median time of a step.</param>
/// <param name="Ratio">Its time over that of the reference's steps in the same round; the median of all rounds.</param>
internal sealed record StepTime(string Name, double Milliseconds, double Ratio);
