using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The config of an adapter of one method, as in adapter_config.json. Fields that this library does not know are kept and written back.
/// </summary>
public abstract record AdapterConfig
{
    /// <summary>
    /// The name of the method in the file, such as <c>LORA</c>. For methods that only AdapterHub has, the name of its architecture.
    /// </summary>
    public abstract string PeftType { get; }

    /// <summary>
    /// The directory or Hugging Face name of the base model, as in the file. The default is <see langword="null"/>, the model on which it is.
    /// </summary>
    public string? BaseModel { get; init; }

    /// <summary>The task of the model, in the file's words. The default is <c>CAUSAL_LM</c>.</summary>
    internal string TaskType { get; init; } = "CAUSAL_LM";

    /// <summary>The file from which this config was read; <see langword="null"/> for a declared adapter.</summary>
    internal SavedConfig? Source { get; init; }

    /// <summary>
    /// The part of AdapterHub's file around the settings; <see langword="null"/> for a declared adapter and for files of Hugging Face PEFT.
    /// </summary>
    internal AdapterHubHeader? Hub { get; init; }

    /// <summary>Whether the adapter's files are AdapterHub's: it was read from one, or Hugging Face PEFT does not have the method.</summary>
    internal virtual bool IsAdapterHub => Hub is not null;

    /// <summary>Whether the adapter computes a mean over whole rows, as gates do.</summary>
    internal virtual bool AveragesRows => false;

    /// <summary>The number of tasks that rows of a batch can name; <see langword="null"/> (the default) for methods without tasks.</summary>
    internal virtual int? TaskCount => null;

    /// <summary>The facts about the method.</summary>
    internal abstract MethodFacts Facts { get; }

    /// <summary>The numbers by the names of the attribute's arguments; <see langword="null"/> for one that the method chooses.</summary>
    internal virtual IEnumerable<(string Argument, double? Value)> Numbers => [];

    /// <summary>
    /// Gets a message for each combination of values that is not possible although each value is in range, in the compiler's words.
    /// </summary>
    internal virtual IEnumerable<string> Contradictions(string model) => [];

    /// <summary>Checks all numbers.</summary>
    /// <param name="model">The name of the model's class.</param>
    /// <exception cref="PeftException">PEFT202: numbers are out of range. The message lists all of them.</exception>
    internal void Check(string model) => NumberCheck.Refuse(
        Methods.SelectMany(part => part.Facts.Problems(model, part.Numbers).Select(problem => problem.Text).Concat(part.Contradictions(model))));

    /// <summary>The methods of this adapter: several in hybrids, otherwise one.</summary>
    internal virtual IReadOnlyList<AdapterConfig> Methods => [this];

    /// <summary>The names of the adapters that this one combines. They are inactive while it is active, and cannot be removed before it.</summary>
    internal virtual IReadOnlyList<string> Members => [];

    /// <summary>Creates the whole content of AdapterHub's file.</summary>
    internal virtual JsonObject AdapterHubFile() => Hub!.Wrap(AdapterHubSettings());

    /// <summary>
    /// Whether the task-specific head is trained with the adapter: for declared adapters, and for AdapterHub's, whose files may lack it.
    /// </summary>
    internal bool TrainsHead => Source is null || Hub is not null;

    /// <summary>Creates the settings that AdapterHub writes under <c>config</c>. Called if they were not read from a file.</summary>
    internal virtual JsonObject AdapterHubSettings() => [];

    /// <summary>
    /// Whether the files contain tensors that are not trained: fixed projections, and the base weights of adapted vocabulary layers.
    /// </summary>
    internal virtual bool SavesFrozenTensors => false;

    /// <summary>The sizes in adapter_config.json that allocate nothing of their size, so that they can be above every dimension of the tensors.</summary>
    internal virtual IReadOnlyList<string> HarmlessSizes => [];

    /// <summary>
    /// Creates the whole content of adapter_config.json: the fields that were read or the reference library's defaults, updated with this config's
    /// values.
    /// </summary>
    internal JsonObject ToJson() => IsAdapterHub ? Source?.Parse() ?? AdapterHubFile() : PeftJson();

    private JsonObject PeftJson()
    {
        JsonObject json = Source?.Parse() ?? Defaults();
        json["peft_type"] = PeftType;
        json["inference_mode"] = true;   // the reference library saves nothing else
        if (BaseModel is not null || !json.ContainsKey("base_model_name_or_path"))
        {
            json["base_model_name_or_path"] = BaseModel;
        }

        if (Source is null)
        {
            json["task_type"] = TaskType;
        }

        Write(json);
        return json;
    }

    /// <summary>Fills in what a declaration leaves to the model, so that the file means the same to every reader.</summary>
    /// <param name="adapter">The adapter, on its model.</param>
    /// <param name="model">The model.</param>
    internal virtual AdapterConfig Resolve(Adapter adapter, nn.Module model) => model is not IBaseModel pretrained ? this : this with
    {
        BaseModel = BaseModel ?? pretrained.Directory,
        TaskType = pretrained.TaskType,
        Hub = Hub ?? (IsAdapterHub ? AdapterHubHeader.Of(adapter, pretrained) : null),
    };

    /// <summary>
    /// Gets the settings of a file that change the meaning of its tensors compared to this config, although their shapes agree. Empty if the file
    /// fits.
    /// </summary>
    internal virtual IEnumerable<string> Conflicts(AdapterConfig file) =>
        file.GetType() == GetType() ? [] : [$"it is of type {file.PeftType}, not {PeftType}"];

    /// <summary>Computes the term that this adapter adds to the training loss, a scalar; <see langword="null"/> for none.</summary>
    internal virtual Tensor? Penalty(Adapter adapter) => null;

    /// <summary>Changes the shapes of the adapter's parts to those of its file, where they depend on more than the model.</summary>
    /// <returns>An action that restores the previous shapes.</returns>
    internal virtual Action Reshape(Adapter adapter) => () => { };

    /// <summary>Completes this config, which was read from a file, with what only the model knows and the previous config contains.</summary>
    internal virtual AdapterConfig CompletedFrom(AdapterConfig former) => this;

    /// <summary>Creates the fields that every file of this method has, with the reference library's defaults.</summary>
    private protected virtual JsonObject Defaults() => [];

    /// <summary>Writes this config's values into the fields.</summary>
    private protected virtual void Write(JsonObject json)
    {
    }

    /// <summary>Creates the fields that the files of every method have.</summary>
    private protected static JsonObject CommonDefaults() => new()
    {
        ["auto_mapping"] = null,
        ["base_model_name_or_path"] = null,
        ["inference_mode"] = true,
        ["peft_version"] = ReferenceVersion,
        ["revision"] = null,
    };

    /// <summary>The version of the reference library whose file format is written.</summary>
    private const string ReferenceVersion = "0.20.0";
}
