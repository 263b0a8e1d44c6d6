using Peft.Declarative.Adapters;

namespace Peft.Declarative.Tests.Methods;

/// <summary>A config of a method that the invariants run with, and what it is excused from.</summary>
/// <param name="Name">Name of the row.</param>
/// <param name="Config">The config; layers that have another name in each family are named by the constants here.</param>
internal sealed record MethodSample(string Name, AdapterConfig Config)
{
    /// <summary>Stands for the input embedding among modules to save.</summary>
    internal const string Embedding = "the embedding";

    /// <summary>Stands for the output head among modules to save.</summary>
    internal const string Head = "the head";

    /// <summary>Pattern of the input embedding and the query projection of every family.</summary>
    internal const string EmbeddingAndQuery = @"(.*\.)?(embed_tokens|wte|word_embeddings|shared|q_proj|c_attn|query|q)";

    /// <summary>What stands on the model before, for methods that blend other adapters.</summary>
    public IReadOnlyDictionary<string, AdapterConfig> Members { get; init; } = new Dictionary<string, AdapterConfig>();

    /// <summary>Families that the method can be on.</summary>
    public IReadOnlyList<string> Families { get; init; } = TinyFamilies.Names;

    /// <summary>Whether the method changes the output before the first step, as drawn prompts do.</summary>
    public bool StartsElsewhere { get; init; }

    /// <summary>How far outputs may be off before the first step where the head is tied: rows computed apart are rounded apart.</summary>
    public double TiedStartTolerance { get; init; }

    /// <summary>Whether the adapter can be folded into the weights.</summary>
    public bool Merges { get; init; } = true;

    /// <summary>Families in which it changes parameters of the base itself, so that its rows cannot be in one batch with others.</summary>
    public IReadOnlyList<string> OverridesBaseIn { get; init; } = [];

    /// <summary>Whether it sits on the embedding: a tied head sees it when merged, but not before, in the reference library too.</summary>
    public bool SitsOnEmbedding { get; init; }

    /// <summary>
    /// Whether the method weighs a row by all tokens that it sees in one call, as AdapterHub's gates do: in generation with a cache those are fewer.
    /// </summary>
    public bool WeighsTheCall { get; init; }

    /// <summary>
    /// Families in which padding stands between the text and what the method puts before it, so that the distance counts it: in T5 the table of
    /// distances does, in the reference library too.
    /// </summary>
    public IReadOnlyList<string> PaddingCountsIn { get; init; } = [];

    /// <summary>
    /// Ends of the keys of tensors that the output does not depend on, so that their gradient is zero but for rounding: exactly zero on one
    /// processor, and some 1e-9 on another.
    /// </summary>
    public IReadOnlyList<string> ZeroGradients { get; init; } = [];

    /// <summary>The same with dropout, for methods that have it.</summary>
    public AdapterConfig WithDropout { get; init; } = Config;

    /// <summary>The config with the names of a model for what is named by the constants here.</summary>
    internal static AdapterConfig For(PretrainedModel model, AdapterConfig config) => config is LayerAdapterConfig { ModulesToSave: [Embedding or Head] } layers
        ? layers with { ModulesToSave = [layers.ModulesToSave[0] == Embedding ? TinyFamilies.Embedding(model) : TinyFamilies.Head(model)] }
        : config;
}
