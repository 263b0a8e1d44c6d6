using Peft.Declarative.Checkpoints;

namespace Peft.Declarative;

// The provenance that is saved with adapters.
public abstract partial class PretrainedModel
{
    private Provenance? _provenance;

    /// <summary>
    /// Hashes of the files of the base model, its tokenizer and its chat template. They are saved with every adapter. Because they are hashes of the files,
    /// they do not depend on a conversion or quantization while loading. They are computed on first access, in milliseconds even for large models.
    /// </summary>
    public Provenance Provenance => _provenance ??= new Provenance
    {
        Base = _files is null ? null : WeightsHash.Of(_files),
        Tokenizer = Directory is null ? null : ProvenanceFiles.Tokenizer(Directory),
        ChatTemplate = Directory is null ? null : ProvenanceFiles.ChatTemplate(Directory),
    };
}
