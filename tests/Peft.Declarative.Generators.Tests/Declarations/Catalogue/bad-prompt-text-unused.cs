// expect: PEFT202 at "Answer:"
using Peft.Declarative;
using Peft.Declarative.Models;
[PromptTuning(8, InitText = "Answer:")]
public sealed partial class Persona : LlamaForCausalLM;
