namespace Peft.Declarative.BaseModels;

/// <summary>Differences between the tensor names in a family's files and the names of its modules: other spellings and unused tensors.</summary>
public sealed record CheckpointNames
{
    // Buffers that older files contain. This library computes them.
    private static readonly string[] Computed = [".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", "embeddings.position_ids"];

    /// <summary>Suffixes of names with the alternatives that files can contain, such as <c>LayerNorm.weight</c> and <c>LayerNorm.gamma</c>.</summary>
    public IReadOnlyList<(string End, string InFile)> Spellings { get; init; } = [];

    /// <summary>Prefixes of the names of tensors that this model class does not use, such as the head of another task.</summary>
    public IReadOnlyList<string> UnusedBeginnings { get; init; } = [];

    /// <summary>Suffixes of the names of tensors that no model of the family uses.</summary>
    public IReadOnlyList<string> UnusedEnds { get; init; } = [];

    /// <summary>Modules that are initialized randomly if the files do not contain them, such as the head of a model that was only pretrained.</summary>
    public IReadOnlyList<string> Drawn { get; init; } = [];

    /// <summary>The names under which a tensor can be stored, with the usual name first.</summary>
    internal IEnumerable<string> Of(string name)
    {
        // Files of bare models lack the first part of the name: 'wte.weight' for 'transformer.wte.weight'.
        string bare = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        IEnumerable<string> spelt = Spellings.Where(spelling => name.EndsWith(spelling.End, StringComparison.Ordinal))
            .Select(spelling => name[..^spelling.End.Length] + spelling.InFile);
        return [name, bare, .. spelt.SelectMany(other => new[] { other, other[(other.IndexOf('.', StringComparison.Ordinal) + 1)..] })];
    }

    /// <summary>Determines whether a tensor in the files that belongs to no layer can be ignored.</summary>
    internal bool IsUnused(string name) =>
        UnusedBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal))
        || Computed.Concat(UnusedEnds).Any(end => name.EndsWith(end, StringComparison.Ordinal));

    /// <summary>Determines whether a layer is initialized randomly if the files do not contain it.</summary>
    internal bool MayBeDrawn(string path) =>
        Drawn.Any(module => path == module || path.StartsWith(module + ".", StringComparison.Ordinal));
}
