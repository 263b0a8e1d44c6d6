using Peft.Declarative.Checkpoints;

namespace Peft.Declarative;

// What adapters that are saved here say of where they come from.
public abstract partial class PretrainedModel
{
    private Provenance? _provenance;

    /// <summary>
    /// Hashes of the base's files, of the tokenizer and of the chat template beside them; adapters saved here carry them. They are of the files, so a
    /// base that was converted or quantised while loading has the same ones. Made when first asked for, in milliseconds also for large models.
    /// </summary>
    public Provenance Provenance => _provenance ??= new Provenance
    {
        Base = _files is null ? null : WeightsHash.Of(_files),
        Tokenizer = Directory is null ? null : ProvenanceFiles.Tokenizer(Directory),
        ChatTemplate = Directory is null ? null : ProvenanceFiles.ChatTemplate(Directory),
    };
}
