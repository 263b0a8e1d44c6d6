namespace Peft.Declarative.Targeting;

/// <summary>A layer that gets an adapter, with the rank and alpha that hold for it.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Rank">Its rank; 0 for methods without one.</param>
/// <param name="Alpha">Its alpha; 0 for methods without one.</param>
internal sealed record SelectedLayer(TargetLayer Layer, int Rank, double Alpha);
