/* The C half of zonal.agent.apps.NativeMemory. */
#include <jni.h>
#include <stdlib.h>

JNIEXPORT void JNICALL Java_zonal_agent_apps_NativeMemory_fill(JNIEnv *env, jclass type, jobject buffer, jint bytes) {
    unsigned char *memory = (*env)->GetDirectBufferAddress(env, buffer);
    for (jint i = 0; i < bytes; i++) {
        memory[i] = (unsigned char) (i * 31);
    }
}

JNIEXPORT jobject JNICALL Java_zonal_agent_apps_NativeMemory_make(JNIEnv *env, jclass type, jint bytes) {
    void *memory = malloc(bytes);
    return memory == NULL ? NULL : (*env)->NewDirectByteBuffer(env, memory, bytes);
}

JNIEXPORT void JNICALL Java_zonal_agent_apps_NativeMemory_release(JNIEnv *env, jclass type, jobject buffer) {
    free((*env)->GetDirectBufferAddress(env, buffer));
}
