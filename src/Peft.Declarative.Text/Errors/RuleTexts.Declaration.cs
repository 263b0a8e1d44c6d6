namespace Peft.Declarative.Text.Errors;

/// <content>0xx: the declaration itself.</content>
internal static partial class RuleTexts
{
    internal static string NotPartial(string model, string method) =>
        $"'{model}' carries [{method}] but is not partial, so adapter code cannot be added to it. Add 'partial' to the class.";

    internal static string OuterNotPartial(string model, string method, string outer) =>
        $"'{model}' carries [{method}] but is nested in '{outer}', which is not partial, so adapter code cannot be added to it. Add 'partial' to '{outer}'.";

    internal static string NotAModel(string type, string method) =>
        $"[{method}] adapts models, but '{type}' does not derive from TorchSharp's Module. Derive it from a family such as LlamaForCausalLM, or from Module<Tensor, Tensor>.";

    internal static string BaseConfigMissing(string path) =>
        $"The base config '{path}' is not among the project's additional files, so sizes cannot be known while compiling. Check the path, and add <AdditionalFiles Include=\"{path}\" /> to the project.";

    internal static string BaseConfigUnreadable(string path, string reason) =>
        $"The base config '{path}' cannot be read: {reason}. Point [BaseConfig] to the config.json of the base model.";

    internal static string BaseConfigLacks(string path, IReadOnlyList<string> fields) =>
        $"The base config '{path}' has no number {Quoted(fields, "and")}, from which the model's sizes are counted. Point [BaseConfig] to the config.json of this model's family.";

    internal static string BaseConfigAmbiguous(string path, IEnumerable<string> found) =>
        $"The base config '{path}' may be any of {Names(found, "or")}. Write the path as it is seen from the project's folder.";

    internal static string BaseConfigOfOtherFamily(string path, string type, IEnumerable<string> known, string model) =>
        $"The base config '{path}' is of a model of type '{type}', but '{model}' reads {Names(known, "and")}. Point [BaseConfig] to the config.json of this family, or derive '{model}' from the family of that config.";

    internal static string BaseConfigDoesNotDivide(string path, string whole, long wholeValue, string part, long partValue) =>
        $"The base config '{path}' is of no model that can be: '{whole}' {wholeValue} is not a multiple of '{part}' {partValue}. Point [BaseConfig] to the config.json of the base model.";

    internal static string BaseConfigDiffers(string model, string path, IEnumerable<string> differences) =>
        $"The adapters of '{model}' were generated for '{path}', but the model that is loaded has other sizes: {string.Join(", ", differences)}. Load the model that [BaseConfig] names, or point [BaseConfig] to this one's config.json and build again.";

    internal static string MemberSelectsLayers(string member, string method, string argument) =>
        $"[{method}] on the member '{member}' adapts just that layer, so '{argument}' has nothing to select. Remove it, or move [{method}] to the class.";

    internal static string AppPackageMissing(string model) =>
        $"[PeftApp] on '{model}' generates a console program, which needs the package 'Peft.Declarative.App'. Add it with 'dotnet add package Peft.Declarative.App'.";

    internal static string AppNeedsCausalModel(string model) =>
        $"[PeftApp] generates commands that read and write text, but '{model}' does not derive from CausalLanguageModel. Derive it from a family such as LlamaForCausalLM, or remove [PeftApp].";

    internal static string GeneratorFailed(string model, string exception) =>
        $"The generator failed on '{model}', which is a fault of Peft.Declarative and not of the declaration. Report this text with the declaration: {exception}";
}
