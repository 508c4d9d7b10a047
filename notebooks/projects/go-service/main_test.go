package main

import (
	"net/http/httptest"
	"testing"
)

func TestNow(t *testing.T) {
	answer := httptest.NewRecorder()
	now(answer, httptest.NewRequest("GET", "/now", nil))
	if answer.Code != 200 {
		t.Fatalf("got %d", answer.Code)
	}
}
