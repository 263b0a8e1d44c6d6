namespace Peft.Declarative.Training;

/// <summary>What a run has seen so far.</summary>
internal sealed class RunHistory
{
    internal List<double> Losses { get; } = [];

    internal List<(long Step, double Loss)> Evaluations { get; } = [];

    /// <summary>The best evaluation; the first of equals.</summary>
    internal (long Step, double Loss)? Best => Evaluations.Count == 0 ? null : Evaluations.MinBy(evaluation => evaluation.Loss);
}
