namespace Peft.Declarative.Text.Errors;

/// <summary>
/// Ids of all rules: 0xx declaration, 1xx targets, 2xx hyperparameters, 3xx combinations, 4xx training,
/// 5xx models and checkpoints, 6xx training data, 7xx adapters, 8xx generation and chats, 9xx the machine and faults of our own. The compiler and the run time
/// use the same id for the same text. An id never changes its meaning and is never used again. The README's table of errors is made of the sentences here.
/// </summary>
internal static class RuleIds
{
    /// <summary>The class, or one around it, is not `partial`.</summary>
    internal const string NotPartial = "PEFT001";
    /// <summary>The class is no model.</summary>
    internal const string NotAModel = "PEFT002";
    /// <summary>The file of `[BaseConfig]` is missing, unreadable, or of another family.</summary>
    internal const string BaseConfigUnreadable = "PEFT003";
    /// <summary>An attribute on a member also selects layers.</summary>
    internal const string MemberSelectsLayers = "PEFT004";
    /// <summary>`[PeftApp]` without the package it needs, or on what is no language model.</summary>
    internal const string AppPackageMissing = "PEFT005";
    /// <summary>The class is of a form that generated code cannot complete.</summary>
    internal const string ClassNotCompletable = "PEFT006";
    /// <summary>An attribute has no effect, because the class declares no adapter.</summary>
    internal const string NoAdapter = "PEFT007";
    /// <summary>An adapter is declared on a module inside of another one, where it is not attached.</summary>
    internal const string AdapterOnAPart = "PEFT008";

    /// <summary>A target, exclusion or pattern fits no layer.</summary>
    internal const string TargetNotFound = "PEFT101";
    /// <summary>The type of a field cannot hold an adapter.</summary>
    internal const string SealedField = "PEFT102";
    /// <summary>Nothing is adapted, so training would change nothing.</summary>
    internal const string NothingAdapted = "PEFT103";
    /// <summary>Generated code cannot reach the layer.</summary>
    internal const string SlotOutOfReach = "PEFT105";
    /// <summary>An index in `Layers` is out of range.</summary>
    internal const string LayerOutOfRange = "PEFT106";
    /// <summary>A key in `RankPattern`, `AlphaPattern` or `FeedForward` fits no adapted layer.</summary>
    internal const string PatternKeyUnmatched = "PEFT107";
    /// <summary>A layer of a kind that the method cannot adapt.</summary>
    internal const string KindNotAdaptable = "PEFT108";
    /// <summary>A regular expression cannot be used.</summary>
    internal const string BadExpression = "PEFT109";
    /// <summary>Two selectors of which one can select.</summary>
    internal const string SelectorsClash = "PEFT110";
    /// <summary>A selector or option has no effect.</summary>
    internal const string SelectorWithoutEffect = "PEFT111";
    /// <summary>The adapted or saved layer shares its weight with another one (a warning).</summary>
    internal const string TiedWeight = "PEFT112";
    /// <summary>The adapted layer gets no gradient from `forward`.</summary>
    internal const string SlotWithoutGradient = "PEFT113";

    /// <summary>The rank is so large that the adapter outgrows its layer (a warning).</summary>
    internal const string RankTooLarge = "PEFT201";
    /// <summary>A number is out of range.</summary>
    internal const string OutOfRange = "PEFT202";
    /// <summary>An entry of a pattern is not `"name=number"`.</summary>
    internal const string BadPatternEntry = "PEFT203";
    /// <summary>The `[Budget]` is exceeded.</summary>
    internal const string OverBudget = "PEFT204";
    /// <summary>A number is allowed, but almost surely not meant (a warning).</summary>
    internal const string UnusualNumber = "PEFT205";

    /// <summary>The method needs a causal language model.</summary>
    internal const string NeedsCausalModel = "PEFT302";
    /// <summary>Two attributes claim the same place.</summary>
    internal const string Incompatible = "PEFT303";
    /// <summary>Two adapters have one name.</summary>
    internal const string DuplicateName = "PEFT304";
    /// <summary>Two active adapters train the same of the base.</summary>
    internal const string BiasesTwice = "PEFT305";
    /// <summary>An adapter that is no change of weights is merged, or one into a base in 4 bits; or a merged base is to be changed.</summary>
    internal const string CannotMerge = "PEFT306";
    /// <summary>`[Personas]` names nobody, or it is not clear which adapter it repeats.</summary>
    internal const string PersonasUnclear = "PEFT307";
    /// <summary>Packing, where texts in one row cannot be kept apart.</summary>
    internal const string CannotPack = "PEFT310";

    /// <summary>A loss or gradient became NaN or infinite; the adapter from before that step is kept.</summary>
    internal const string LossNotFinite = "PEFT402";
    /// <summary>Parameters get no gradient, or nothing is trainable.</summary>
    internal const string NoGradient = "PEFT403";
    /// <summary>Rows have no label that enters the loss.</summary>
    internal const string NoLabels = "PEFT404";
    /// <summary>The training plan cannot be followed.</summary>
    internal const string PlanUnusable = "PEFT406";
    /// <summary>The state to resume from belongs to another run.</summary>
    internal const string StateDoesNotFit = "PEFT407";
    /// <summary>The output directory already contains a run or an adapter.</summary>
    internal const string RunExists = "PEFT421";
    /// <summary>Another run writes to the output directory now.</summary>
    internal const string RunInUse = "PEFT422";
    /// <summary>The processes of a run have other plans, rows or parameters.</summary>
    internal const string ProcessesDiffer = "PEFT423";
    /// <summary>The warm-up is longer than half of the run (a warning).</summary>
    internal const string WarmupTooLong = "PEFT431";
    /// <summary>Most rows are longer than `MaxLength` and lose their ends (a warning).</summary>
    internal const string RowsCut = "PEFT432";
    /// <summary>Hardly any token enters the loss (a warning).</summary>
    internal const string LabelsIgnored = "PEFT433";
    /// <summary>The loss was the same in every step (a warning).</summary>
    internal const string LossConstant = "PEFT434";
    /// <summary>Tensors of the adapter are after the run what they were before (a warning).</summary>
    internal const string AdapterUnchanged = "PEFT435";
    /// <summary>The files of the model name different ends of a text (a warning).</summary>
    internal const string EndsDiffer = "PEFT436";

    /// <summary>A safetensors file is damaged.</summary>
    internal const string SafetensorsUnreadable = "PEFT501";
    /// <summary>A file cannot be written, or would replace what is in use; an existing one is unchanged.</summary>
    internal const string FileNotWritten = "PEFT502";
    /// <summary>The model directory lacks weights, or has them in another format.</summary>
    internal const string ModelUnreadable = "PEFT503";
    /// <summary>A configuration file cannot be read.</summary>
    internal const string ConfigurationUnreadable = "PEFT504";
    /// <summary>The tokenizer cannot be read, or does not know a text.</summary>
    internal const string TokenizerUnusable = "PEFT505";
    /// <summary>There is no chat template, or it refuses the messages.</summary>
    internal const string TemplateUnusable = "PEFT506";
    /// <summary>The `config.json` asks for something that is not implemented.</summary>
    internal const string ModelConfigUnsupported = "PEFT511";
    /// <summary>The weights do not fit the `config.json` beside them.</summary>
    internal const string WeightsDoNotFit = "PEFT512";
    /// <summary>There is no family for the model type.</summary>
    internal const string UnknownFamily = "PEFT513";
    /// <summary>Ids, positions, labels or shapes that the model does not have are given to it.</summary>
    internal const string InputUnusable = "PEFT514";

    /// <summary>Training data is missing, unreadable, or has rows that cannot be used.</summary>
    internal const string TrainingDataUnusable = "PEFT601";
    /// <summary>A row has different numbers of ids and labels.</summary>
    internal const string RowLengthsDiffer = "PEFT602";
    /// <summary>A share of the rows cannot be kept for evaluation.</summary>
    internal const string BadEvaluationShare = "PEFT603";
    /// <summary>Rows of training data are for another kind of model, or have ids, classes, positions or tasks that it does not have.</summary>
    internal const string RowsDoNotFit = "PEFT604";
    /// <summary>Files for training and files for evaluation are read as one (a warning).</summary>
    internal const string PartsMixed = "PEFT605";

    /// <summary>The adapter uses a method or a setting that is not implemented.</summary>
    internal const string AdapterUnsupported = "PEFT701";
    /// <summary>The adapter does not fit the model.</summary>
    internal const string AdapterDoesNotFit = "PEFT702";
    /// <summary>There is no adapter of that name on the model.</summary>
    internal const string NoSuchAdapter = "PEFT703";
    /// <summary>It is not clear which of several adapters is meant.</summary>
    internal const string AdapterAmbiguous = "PEFT704";
    /// <summary>The adapter was saved with another base, tokenizer or chat template (a warning).</summary>
    internal const string AdapterFromElsewhere = "PEFT705";
    /// <summary>The model is in use by another call or run.</summary>
    internal const string ModelInUse = "PEFT707";
    /// <summary>The model has been disposed.</summary>
    internal const string ModelDisposed = "PEFT708";
    /// <summary>The adapter of `--adapter` differs from the declared one; it is used as its files say (a warning).</summary>
    internal const string AdapterUndeclared = "PEFT721";

    /// <summary>Options of generation are out of range or contradict each other.</summary>
    internal const string GenerationOptionsOutOfRange = "PEFT801";
    /// <summary>The `generation_config.json` cannot be read.</summary>
    internal const string GenerationConfigUnreadable = "PEFT802";
    /// <summary>The prompt is empty, or too long for the model.</summary>
    internal const string PromptUnusable = "PEFT803";
    /// <summary>A chat request asks for something that is not supported.</summary>
    internal const string ChatUnsupported = "PEFT804";
    /// <summary>The prompt has another form than the training data (a warning).</summary>
    internal const string PromptUnlikeData = "PEFT821";

    /// <summary>The generator failed, which is our fault.</summary>
    internal const string GeneratorFailed = "PEFT901";
    /// <summary>A native library is missing or cannot be loaded.</summary>
    internal const string NativesMissing = "PEFT902";
    /// <summary>There is no CUDA device, or this build cannot use one.</summary>
    internal const string NoCudaDevice = "PEFT903";
    /// <summary>The system allows the process too few open files.</summary>
    internal const string TooFewOpenFiles = "PEFT904";
    /// <summary>The process was started by MPI, whose library cannot be used.</summary>
    internal const string MpiUnusable = "PEFT905";
    /// <summary>The machine of a cluster that generated a text was lost, or none answers that could.</summary>
    internal const string MachineLost = "PEFT906";
}
