namespace Peft.Declarative.Generators.Model;

/// <summary>A kind of attention of a family, such as that to the source.</summary>
/// <param name="Blocks">Field with the number of blocks that have it.</param>
/// <param name="Width">Width of all its heads, a product of fields.</param>
internal sealed record AttentionSpec(string Blocks, string Width);
