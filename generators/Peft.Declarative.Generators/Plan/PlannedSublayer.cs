using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Places after one sublayer, in all blocks or some, that hold the same.</summary>
/// <param name="Layer">The places, in the form of layers.</param>
/// <param name="Sublayer">What declarations call the sublayer.</param>
/// <param name="Reduction">The reduction there.</param>
internal sealed record PlannedSublayer(PlannedLayer Layer, string Sublayer, double Reduction);
