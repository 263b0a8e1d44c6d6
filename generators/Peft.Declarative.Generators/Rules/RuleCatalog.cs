using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Rules;

/// <summary>
/// The rules of the compiler. Their texts are in <c>RuleTexts</c>, which the run time shares. The page of each rule is in a folder beside this file,
/// and the help link opens it.
/// </summary>
internal static class RuleCatalog
{
    /// <summary>The address of the pages of the rules.</summary>
    internal const string Pages = "https://github.com/peft-declarative/peft-declarative/blob/main/generators/Peft.Declarative.Generators/Rules/";

    private const string Declaration = "Peft.Declaration";
    private const string Targets = "Peft.Targets";
    private const string Hyperparameters = "Peft.Hyperparameters";
    private const string Combinations = "Peft.Combinations";
    private const string Adapters = "Peft.Adapters";
    private const string Internal = "Peft.Internal";

    internal static readonly DiagnosticDescriptor NotPartial = Error(RuleIds.NotPartial, "Class is not partial", Declaration);
    internal static readonly DiagnosticDescriptor NotAModel = Error(RuleIds.NotAModel, "Class is not a model", Declaration);
    internal static readonly DiagnosticDescriptor BaseConfigUnreadable = Error(RuleIds.BaseConfigUnreadable, "Base config cannot be used", Declaration);
    internal static readonly DiagnosticDescriptor MemberSelectsLayers = Error(RuleIds.MemberSelectsLayers, "Selector on a member", Declaration);
    internal static readonly DiagnosticDescriptor AppPackageMissing = Error(RuleIds.AppPackageMissing, "Package for the app is missing", Declaration);
    internal static readonly DiagnosticDescriptor ClassNotCompletable = Error(RuleIds.ClassNotCompletable, "Class cannot be completed", Declaration);
    internal static readonly DiagnosticDescriptor NoAdapter = Error(RuleIds.NoAdapter, "No adapter declared", Declaration);
    internal static readonly DiagnosticDescriptor AdapterOnAPart = Error(RuleIds.AdapterOnAPart, "Adapter on a part of a model", Declaration);
    internal static readonly DiagnosticDescriptor TargetNotFound = Error(RuleIds.TargetNotFound, "Target not found", Targets);
    internal static readonly DiagnosticDescriptor SealedField = Error(RuleIds.SealedField, "Field cannot hold an adapter", Targets);
    internal static readonly DiagnosticDescriptor NothingAdapted = Error(RuleIds.NothingAdapted, "Nothing adapted", Targets);
    internal static readonly DiagnosticDescriptor SlotOutOfReach = Error(RuleIds.SlotOutOfReach, "Slot out of reach", Targets);
    internal static readonly DiagnosticDescriptor LayerOutOfRange = Error(RuleIds.LayerOutOfRange, "Layer index out of range", Targets);
    internal static readonly DiagnosticDescriptor PatternKeyUnmatched = Error(RuleIds.PatternKeyUnmatched, "Pattern key without effect", Targets);
    internal static readonly DiagnosticDescriptor KindNotAdaptable = Error(RuleIds.KindNotAdaptable, "Layer of a kind that cannot be adapted", Targets);
    internal static readonly DiagnosticDescriptor BadExpression = Error(RuleIds.BadExpression, "Expression cannot be used", Targets);
    internal static readonly DiagnosticDescriptor SelectorsClash = Error(RuleIds.SelectorsClash, "Selectors exclude each other", Targets);
    internal static readonly DiagnosticDescriptor SelectorWithoutEffect = Error(RuleIds.SelectorWithoutEffect, "Selector without effect", Targets);
    internal static readonly DiagnosticDescriptor TiedWeight = Warning(RuleIds.TiedWeight, "Layer with a tied weight", Targets);
    internal static readonly DiagnosticDescriptor SlotWithoutGradient = Error(RuleIds.SlotWithoutGradient, "Slot without gradient", Targets);
    internal static readonly DiagnosticDescriptor RankTooLarge = Warning(RuleIds.RankTooLarge, "Rank too large", Hyperparameters);
    internal static readonly DiagnosticDescriptor OutOfRange = Error(RuleIds.OutOfRange, "Number out of range", Hyperparameters);
    internal static readonly DiagnosticDescriptor BadPatternEntry = Error(RuleIds.BadPatternEntry, "Pattern entry not understood", Hyperparameters);
    internal static readonly DiagnosticDescriptor OverBudget = Error(RuleIds.OverBudget, "Over budget", Hyperparameters);
    internal static readonly DiagnosticDescriptor UnusualNumber = Warning(RuleIds.UnusualNumber, "Unusual number", Hyperparameters);
    internal static readonly DiagnosticDescriptor NeedsCausalModel = Error(RuleIds.NeedsCausalModel, "Needs a causal language model", Combinations);
    internal static readonly DiagnosticDescriptor Incompatible = Error(RuleIds.Incompatible, "Incompatible combination", Combinations);
    internal static readonly DiagnosticDescriptor DuplicateName = Error(RuleIds.DuplicateName, "Duplicate adapter name", Combinations);
    internal static readonly DiagnosticDescriptor CannotMerge = Error(RuleIds.CannotMerge, "Adapter cannot be merged", Combinations);
    internal static readonly DiagnosticDescriptor PersonasUnclear = Error(RuleIds.PersonasUnclear, "Personas of no clear adapter", Combinations);
    internal static readonly DiagnosticDescriptor CannotPack = Error(RuleIds.CannotPack, "Texts cannot be packed", Combinations);
    internal static readonly DiagnosticDescriptor AdapterDoesNotFit = Error(RuleIds.AdapterDoesNotFit, "Saved adapter does not fit", Adapters);
    internal static readonly DiagnosticDescriptor GeneratorFailed = Error(RuleIds.GeneratorFailed, "Generator failed", Internal);

    internal static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        NotPartial, NotAModel, BaseConfigUnreadable, MemberSelectsLayers, AppPackageMissing, ClassNotCompletable, NoAdapter, AdapterOnAPart,
        TargetNotFound, SealedField, NothingAdapted, SlotOutOfReach, LayerOutOfRange, PatternKeyUnmatched, KindNotAdaptable, BadExpression, SelectorsClash,
        SelectorWithoutEffect, TiedWeight, SlotWithoutGradient,
        RankTooLarge, OutOfRange, BadPatternEntry, OverBudget, UnusualNumber,
        NeedsCausalModel, Incompatible, DuplicateName, CannotMerge, PersonasUnclear, CannotPack, AdapterDoesNotFit, GeneratorFailed,
    ];

    internal static DiagnosticDescriptor Of(string id) => All.First(rule => rule.Id == id);

    internal static bool IsError(string id) => Of(id).DefaultSeverity == DiagnosticSeverity.Error;

    private static DiagnosticDescriptor Error(string id, string title, string category, [CallerMemberName] string name = "") =>
        Rule(id, title, category, DiagnosticSeverity.Error, name);

    private static DiagnosticDescriptor Warning(string id, string title, string category, [CallerMemberName] string name = "") =>
        Rule(id, title, category, DiagnosticSeverity.Warning, name);

    private static DiagnosticDescriptor Rule(string id, string title, string category, DiagnosticSeverity severity, string name) =>
        new(id, title, "{0}", category, severity, isEnabledByDefault: true, helpLinkUri: $"{Pages}{id}.{name}/README.md");
}
