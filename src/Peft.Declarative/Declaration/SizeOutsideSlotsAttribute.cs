namespace Peft.Declarative;

/// <summary>On a model family: how many parameters it has that are in no slot and so never adapted, such as a table of distances.</summary>
/// <param name="size">A product of fields of config.json, such as <c>2*relative_attention_num_buckets*num_heads</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SizeOutsideSlotsAttribute(string size) : Attribute
{
    /// <summary>The number of parameters, a product of fields.</summary>
    public string Size { get; } = size;
}
