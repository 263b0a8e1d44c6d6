namespace Peft.Declarative;

/// <summary>How the vectors of a soft prompt start.</summary>
public enum PromptInit
{
    /// <summary>Drawn from the standard normal distribution.</summary>
    Random,

    /// <summary>Embeddings of tokens drawn uniformly from the vocabulary.</summary>
    SampleVocabulary,

    /// <summary>Embeddings of a text's tokens; helps small models most.</summary>
    Text,
}
