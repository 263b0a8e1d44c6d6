namespace Peft.Declarative.Text.Errors;

/// <summary>
/// Ids of all rules: 0xx declaration, 1xx targets, 2xx hyperparameters, 3xx combinations, 4xx training,
/// 5xx models and checkpoints, 6xx training data, 7xx adapters, 8xx generation and chats, 9xx the machine and faults of our own. The compiler and the run time
/// use the same id for the same text. An id never changes its meaning and is never used again.
/// </summary>
internal static class RuleIds
{
    internal const string NotPartial = "PEFT001";
    internal const string NotAModel = "PEFT002";
    internal const string BaseConfigUnreadable = "PEFT003";
    internal const string MemberSelectsLayers = "PEFT004";
    internal const string AppPackageMissing = "PEFT005";

    internal const string TargetNotFound = "PEFT101";
    internal const string SealedField = "PEFT102";
    internal const string NothingAdapted = "PEFT103";
    internal const string SlotOutOfReach = "PEFT105";
    internal const string LayerOutOfRange = "PEFT106";
    internal const string PatternKeyUnmatched = "PEFT107";
    internal const string KindNotAdaptable = "PEFT108";
    internal const string BadExpression = "PEFT109";
    internal const string SelectorsClash = "PEFT110";

    internal const string RankTooLarge = "PEFT201";
    internal const string OutOfRange = "PEFT202";
    internal const string BadPatternEntry = "PEFT203";
    internal const string OverBudget = "PEFT204";

    internal const string NeedsCausalModel = "PEFT302";
    internal const string Incompatible = "PEFT303";
    internal const string DuplicateName = "PEFT304";
    internal const string BiasesTwice = "PEFT305";
    internal const string CannotMerge = "PEFT306";
    internal const string CannotPack = "PEFT310";

    internal const string LossNotFinite = "PEFT402";
    internal const string NoGradient = "PEFT403";
    internal const string NoLabels = "PEFT404";
    internal const string PlanUnusable = "PEFT406";
    internal const string StateDoesNotFit = "PEFT407";

    internal const string SafetensorsUnreadable = "PEFT501";
    internal const string FileNotWritten = "PEFT502";
    internal const string ModelUnreadable = "PEFT503";
    internal const string ConfigurationUnreadable = "PEFT504";
    internal const string TokenizerUnusable = "PEFT505";
    internal const string TemplateUnusable = "PEFT506";
    internal const string ModelConfigUnsupported = "PEFT511";
    internal const string WeightsDoNotFit = "PEFT512";
    internal const string UnknownFamily = "PEFT513";
    internal const string InputUnusable = "PEFT514";

    internal const string TrainingDataUnusable = "PEFT601";
    internal const string RowLengthsDiffer = "PEFT602";
    internal const string BadEvaluationShare = "PEFT603";

    internal const string AdapterUnsupported = "PEFT701";
    internal const string AdapterDoesNotFit = "PEFT702";
    internal const string NoSuchAdapter = "PEFT703";
    internal const string AdapterAmbiguous = "PEFT704";
    internal const string AdapterFromElsewhere = "PEFT705";
    internal const string ModelInUse = "PEFT707";
    internal const string ModelDisposed = "PEFT708";

    internal const string GenerationOptionsOutOfRange = "PEFT801";
    internal const string GenerationConfigUnreadable = "PEFT802";
    internal const string PromptUnusable = "PEFT803";
    internal const string ChatUnsupported = "PEFT804";

    internal const string GeneratorFailed = "PEFT901";
    internal const string NativesMissing = "PEFT902";
    internal const string NoCudaDevice = "PEFT903";
}
