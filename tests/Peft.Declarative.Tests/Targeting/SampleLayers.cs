using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Targeting;

/// <summary>The layers of a small Llama: two blocks, an embedding, a head.</summary>
internal static class SampleLayers
{
    internal static IReadOnlyList<TargetLayer> Llama { get; } =
    [
        new("model.embed_tokens", LayerKind.Embedding, 8, 32),
        .. Block(0),
        .. Block(1),
        new("model.norm", LayerKind.Norm, 8),
        new("lm_head", LayerKind.Head, 32, 8),
    ];

    internal static TargetSelection Select(TargetQuery query) => TargetSelector.Select("Persona", "Lora", query, Llama);

    internal static IEnumerable<string> Paths(this TargetSelection selection) => selection.Adapted.Select(layer => layer.Path);

    private static IEnumerable<TargetLayer> Block(int index)
    {
        string block = $"model.layers.{index}";
        foreach (string name in new[] { "q_proj", "k_proj", "v_proj", "o_proj" }) yield return new($"{block}.self_attn.{name}", LayerKind.Linear, 8, 8);
        foreach (string name in new[] { "gate_proj", "up_proj" }) yield return new($"{block}.mlp.{name}", LayerKind.Linear, 16, 8);
        yield return new($"{block}.mlp.down_proj", LayerKind.Linear, 8, 16);
        yield return new($"{block}.mlp.act_fn", LayerKind.Other);
        yield return new($"{block}.input_layernorm", LayerKind.Norm, 8);
        yield return new($"{block}.post_attention_layernorm", LayerKind.Norm, 8);
    }
}
