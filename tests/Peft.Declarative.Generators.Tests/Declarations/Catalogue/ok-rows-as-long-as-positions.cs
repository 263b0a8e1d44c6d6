// expect: none
// config: gpt2-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[PromptTuning(4)] [Training(MaxLength = 60)] [BaseConfig("configs/gpt2-tiny.json")]
public sealed partial class Persona : Gpt2ForCausalLM;
