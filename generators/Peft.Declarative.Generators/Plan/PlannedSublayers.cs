namespace Peft.Declarative.Generators.Plan;

/// <summary>The places of one adapter, grouped for writing, and one by one for counting.</summary>
/// <param name="Groups">Places that are written as one line, with the sublayer and the reduction that hold there.</param>
/// <param name="AtRunTime">Whether the run time selects.</param>
internal sealed record PlannedSublayers(IReadOnlyList<PlannedSublayer> Groups, bool AtRunTime);
