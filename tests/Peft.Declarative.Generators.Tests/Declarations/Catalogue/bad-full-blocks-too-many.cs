// expect: PEFT106 at 99
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[FullFineTuning(LastBlocks = 99)] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
