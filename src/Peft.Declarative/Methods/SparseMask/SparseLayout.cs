namespace Peft.Declarative.Methods.SparseMask;

/// <summary>How a sparse set of entries lies over a weight.</summary>
/// <param name="Transposed">Whether the weight lies [in, out] and not [out, in].</param>
/// <param name="OverWeight">Whether the entries take the place of the weight's own; otherwise all others are zero.</param>
internal sealed record SparseLayout(bool Transposed, bool OverWeight);
