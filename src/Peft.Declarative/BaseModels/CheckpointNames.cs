namespace Peft.Declarative.BaseModels;

/// <summary>How the names in the files of a family may differ from the names of its modules: older spellings, parts that are not needed here.</summary>
public sealed record CheckpointNames
{
    // Buffers that older files carry and that are computed here.
    private static readonly string[] Computed = [".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", "embeddings.position_ids"];

    /// <summary>Ends of names and what else files may have there, such as <c>LayerNorm.weight</c> and <c>LayerNorm.gamma</c>.</summary>
    public IReadOnlyList<(string End, string InFile)> Spellings { get; init; } = [];

    /// <summary>Beginnings of names of tensors that this class of model has no use for, such as the head of another task.</summary>
    public IReadOnlyList<string> UnusedBeginnings { get; init; } = [];

    /// <summary>Ends of names of tensors that no model of the family uses.</summary>
    public IReadOnlyList<string> UnusedEnds { get; init; } = [];

    /// <summary>Modules that are drawn if the files have nothing for them: the head of a model that was only pretrained.</summary>
    public IReadOnlyList<string> Drawn { get; init; } = [];

    /// <summary>Names under which a tensor may be stored, the usual one first.</summary>
    internal IEnumerable<string> Of(string name)
    {
        // Files of bare models lack the first part of the name: 'wte.weight' for 'transformer.wte.weight'.
        string bare = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        IEnumerable<string> spelt = Spellings.Where(spelling => name.EndsWith(spelling.End, StringComparison.Ordinal))
            .Select(spelling => name[..^spelling.End.Length] + spelling.InFile);
        return [name, bare, .. spelt.SelectMany(other => new[] { other, other[(other.IndexOf('.', StringComparison.Ordinal) + 1)..] })];
    }

    /// <summary>Whether a tensor without a place may be passed over.</summary>
    internal bool IsUnused(string name) =>
        UnusedBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal))
        || Computed.Concat(UnusedEnds).Any(end => name.EndsWith(end, StringComparison.Ordinal));

    /// <summary>Whether a layer is drawn where the files have nothing for it.</summary>
    internal bool MayBeDrawn(string path) =>
        Drawn.Any(module => path == module || path.StartsWith(module + ".", StringComparison.Ordinal));
}
