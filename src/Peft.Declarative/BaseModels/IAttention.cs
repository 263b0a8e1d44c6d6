using Peft.Declarative.Slots;

namespace Peft.Declarative.BaseModels;

/// <summary>A module that attends: prefixes may stand before its keys and values.</summary>
public interface IAttention
{
    /// <summary>What it looks at.</summary>
    AttentionKind Attention { get; }
}
