using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.MultitaskPromptTuning;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.MultitaskPromptTuning;

/// <summary>Parses [MultitaskPromptTuning].</summary>
internal static class MultitaskPromptTuningParser
{
    internal static MultitaskPromptTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<MultitaskPromptTuningAttribute>();
        var spec = new MultitaskPromptTuningSpec(attribute.Identity)
        {
            Tokens = declared.Tokens,
            Rows = declared.Tokens * context.Shape.PromptStacks,
            Tasks = declared.Tasks,
            Ranks = declared.Ranks,
            Init = declared.Init,
            InitText = declared.InitText,
            Tokenizer = declared.Tokenizer,
            InitAdapter = declared.InitAdapter,
            InitTask = declared.InitTask,
        };
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(spec.Method, "puts virtual tokens before the input", context.Model), spec.Place);
        var numbers = new NumberChecks(spec, context);
        numbers.Require(MultitaskPromptTuningFacts.Method, ("tokens", spec.Tokens), ("tasks", spec.Tasks), ("ranks", spec.Ranks), ("InitTask", spec.InitTask));
        if (spec.Init == MultitaskPromptInit.Text && string.IsNullOrEmpty(spec.InitText)) numbers.Report(RuleTexts.InitTextMissing(spec.Method, context.Model), "Init");
        if (MultitaskPromptTuningFacts.ReadsAdapter(spec.Init) && spec.InitAdapter is null) numbers.Report(MultitaskPromptTuningFacts.InitAdapterMissing(context.Model), "Init");
        Unused(spec.Init == MultitaskPromptInit.Text, "only Init = MultitaskPromptInit.Text starts from a text", nameof(declared.InitText), nameof(declared.Tokenizer));
        Unused(MultitaskPromptTuningFacts.ReadsAdapter(spec.Init), "Init names no start from source tasks", nameof(declared.InitAdapter));
        Unused(spec.Init == MultitaskPromptInit.ExactSourceTask, "only Init = MultitaskPromptInit.ExactSourceTask starts from one task", nameof(declared.InitTask));
        return spec;

        void Unused(bool used, string reason, params string[] arguments)
        {
            foreach (string argument in arguments)
            {
                if (!used && attribute.IsSet(argument) && !context.IsReported(spec.Place.At(argument))) context.Unused(attribute, argument, reason);
            }
        }
    }
}
